// Plays rows into the analytics rules, by the clock, and compares what they would alert. Called by run.
//   node scenarios.js ANALYSER_FOLDER TEMPLATE.json SENTINEL_FOLDER [WORDS_OF_A_CASE]
// Near real time: each minute, what came in within it. Scheduled: what was generated up to the time that is now, five
// minutes later, when more has come in already.
'use strict';
const assert = require('assert');
const { load, tables, content, asked, verdict } = require('./analyser.js');
const { evaluate } = require('./evaluate.js');

const [folder, template, sentinel, only = ''] = process.argv.slice(2);
const { KustoCode } = load(folder);
const trees = new Map();
const parse = (query) => trees.get(query) || trees.set(query, KustoCode.Parse(query)).get(query);
const { queries: all, functions } = content(sentinel);
const schemas = Object.fromEntries(tables(template).map((one) => [one.name, one.columns]));
const MINUTE = 6e4;
const START = Date.UTC(2026, 10, 2);
const clock = (minute) => new Date(START + minute * MINUTE);
const RULES = { NewFinding: 'new', RaisedFinding: 'raised', LowFinding: 'low' };
const LEVELS = ['Informational', 'Low', 'Medium', 'High'];

function row(table, { at, generated = at, ...given }) {
  const empty = schemas[table].map(({ name, type }) => [name, type === 'string' ? '' : null]);
  return { ...Object.fromEntries(empty), TimeGenerated: clock(generated), $arrived: clock(at), ...given };
}

const finding = (at, id, Revision, Severity, more = {}) =>
  row('LockstepDetections_CL', {
    at, DetectionId: id, Revision, Severity, Reason: 'two-networks', Rule: 'token-replay', AlertTitle: `Token ${id}`,
    Description: 'said', Principal: { id: `user-${id}`, name: `${id}@contoso.example`, type: 'user' }, Ip: '192.0.2.1', Count: Revision,
    StartTime: clock(at - 9), EndTime: clock(at - 8), Tactics: ['InitialAccess'], Techniques: ['T1550.001'],
    Evidence: [{ ip: '192.0.2.1', network: { organisation: 'Here' } }, { ip: '198.51.100.7' }], Gates: [], Entities: [], ...more,
  });
const withdrawn = (at, id, Revision) => finding(at, id, Revision, 'Informational', { Reason: 'withdrawn' });
const beat = (at, Instance, Source, more = {}) =>
  row('LockstepHeartbeat_CL', { at, Instance, Source, Roles: 'detect,forward,ingest', StartedAt: clock(0), IntervalSeconds: 300, Status: 'ok', Missing: 0, ...more });

function run(name, tablesSeen, minute) {
  const seen = Object.fromEntries(Object.keys(schemas).map((table) => [table, tablesSeen[table] || []]));
  return evaluate(asked(all[name]), { tables: seen, saved: functions, now: clock(minute), parse });
}

function scheduled(name, table, rows, minute, backMinutes) {
  const from = clock(minute - backMinutes);
  const seen = rows.filter((one) => one.TimeGenerated > from && one.TimeGenerated <= clock(minute) && one.$arrived <= clock(minute + 5));
  return run(name, { [table]: seen }, minute).map((alert) => ({ rule: name, minute, ...alert }));
}

/** What the three rules on findings alert, in order. */
function alerts(rows, minutes) {
  const found = [];
  for (let minute = 1; minute <= minutes; minute++) {
    const within = rows.filter((one) => one.$arrived > clock(minute - 1) && one.$arrived <= clock(minute));
    if (within.length) {
      found.push(...run('NewFinding', { LockstepDetections_CL: within }, minute).map((one) => ({ rule: 'NewFinding', minute, ...one })));
    }
    if (minute % 5 === 0) found.push(...scheduled('RaisedFinding', 'LockstepDetections_CL', rows, minute, 47 * 60));
    if (minute % 60 === 0) found.push(...scheduled('LowFinding', 'LockstepDetections_CL', rows, minute, 48 * 60));
  }
  return found.map((one) => `${RULES[one.rule]} ${one.DetectionId} ${one.Severity}`);
}

function health(rows, minutes, capped = []) {
  const found = [];
  for (let minute = 15; minute <= minutes; minute += 15) {
    const seen = rows.filter((one) => one.TimeGenerated > clock(minute - 1440) && one.TimeGenerated <= clock(minute));
    found.push(...run('Health', { LockstepHeartbeat_CL: seen, LockstepDetections_CL: capped }, minute));
  }
  return found.map((one) => `${one.Problem} ${one.Part} ${one.Severity}`);
}

const every = (step, from, to) => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
const cases = {
  'tells of a new finding once, and of no revision that only counts up': () =>
    assert.deepStrictEqual(alerts(every(7, 2, 100).map((at, i) => finding(at, 'a', i + 1, 'Medium')), 200), ['new a Medium']),
  'tells again when it is raised, and then no more': () =>
    assert.deepStrictEqual(
      alerts([finding(2, 'a', 1, 'Medium'), finding(21, 'a', 2, 'High'), finding(33, 'a', 3, 'High')], 120), ['new a Medium', 'raised a High']),
  'tells of both when it is raised within minutes': () =>
    assert.deepStrictEqual(alerts([finding(2, 'a', 1, 'Medium'), finding(3, 'a', 2, 'High')], 60), ['new a Medium', 'raised a High']),
  'tells of a finding whose first row is a later revision': () =>
    assert.deepStrictEqual(alerts([finding(2, 'a', 4, 'High'), finding(8, 'a', 5, 'High')], 60), ['raised a High']),
  'does not tell when it is lowered': () =>
    assert.deepStrictEqual(alerts([finding(2, 'a', 1, 'High'), finding(21, 'a', 2, 'Medium'), finding(90, 'a', 3, 'Low')], 180), ['new a High']),
  'does not tell that it is taken back': () =>
    assert.deepStrictEqual(alerts([finding(2, 'a', 1, 'High'), withdrawn(21, 'a', 2)], 120), ['new a High']),
  'tells of nothing that was taken back before anybody was told': () =>
    assert.deepStrictEqual(alerts([withdrawn(2, 'a', 2)], 120), []),
  'tells again of what was taken back and stands again': () =>
    assert.deepStrictEqual(
      alerts([finding(2, 'a', 1, 'Medium'), withdrawn(21, 'a', 2), finding(43, 'a', 3, 'Medium'), finding(52, 'a', 4, 'Medium')], 120),
      ['new a Medium', 'raised a Medium']),
  'tells of what is Low hourly and once, and of what it becomes': () =>
    assert.deepStrictEqual(
      alerts([finding(2, 'a', 1, 'Low'), finding(70, 'a', 2, 'Low'), finding(130, 'a', 3, 'Medium')], 300), ['low a Low', 'raised a Medium']),
  'knows a row that comes twice, after a crash, from one that is raised': () =>
    assert.deepStrictEqual(alerts([finding(2, 'a', 3, 'High'), finding(17, 'a', 3, 'High')], 60), ['raised a High']),
  'tells of a row that came in minutes after it was sent': () =>
    assert.deepStrictEqual(alerts([finding(14, 'a', 2, 'High', { TimeGenerated: clock(4) })], 60), ['raised a High']),
  'counts the day of a finding, and not only the last hour': () =>
    assert.deepStrictEqual(alerts(every(180, 2, 46 * 60).map((at, i) => finding(at, 'a', i + 1, 'Medium')), 48 * 60), ['new a Medium']),
  'says whom and what it is about': () => {
    const [alert] = run('NewFinding', { LockstepDetections_CL: [finding(1, 'a', 1, 'High')] }, 1);
    const { UserId, UserName, UserSuffix, WorkloadId, Subject, SubjectId, Ip, OtherIp, Tactic, Technique, SubTechnique, AlertName, Network } = alert;
    assert.deepStrictEqual(
      [UserId, UserName, UserSuffix, WorkloadId, Subject, SubjectId, Ip, OtherIp, Tactic, Technique, SubTechnique, AlertName, Network],
      ['user-a', 'a', 'contoso.example', '', 'a@contoso.example', 'user-a', '192.0.2.1', '198.51.100.7', 'InitialAccess', 'T1550', 'T1550.001', 'Token a', 'Here']);
  },
  'names things before ids, and an id where nothing better is known': () => {
    const shown = (more) => run('NewFinding', { LockstepDetections_CL: [finding(1, 'a', 1, 'High', more)] }, 1)[0];
    const partner = shown({ Partner: { id: 'fabrikam', name: 'Fabrikam Freight' } });
    assert.deepStrictEqual([partner.Subject, partner.SubjectId, partner.PartnerName], ['Fabrikam Freight', 'fabrikam', 'Fabrikam Freight']);
    const workload = shown({ Principal: { id: '5e1f', name: 'billing-api', type: 'workload' } });
    assert.deepStrictEqual([workload.Subject, workload.WorkloadName, workload.WorkloadId, workload.UserName], ['billing-api', 'billing-api', '5e1f', '']);
    assert.strictEqual(shown({ Principal: { id: '5e1f', type: 'workload' } }).Subject, '5e1f');
    assert.strictEqual(shown({ Principal: null }).Subject, '192.0.2.1');
    assert.strictEqual(shown({ Principal: null, Ip: '' }).Subject, 'Token a');
  },
  'brings the runbook of the rule, and another for a rule that has none here': () => {
    const shown = (Rule) => run('NewFinding', { LockstepDetections_CL: [finding(1, 'a', 1, 'High', { Rule })] }, 1)[0];
    assert.match(shown('token-replay').Runbook, /stolen token/);
    assert.match(shown('my-sigma-rule').Runbook, /lockstep explain/);
    assert.strictEqual(shown('token-replay').ProductName, 'Lockstep');
  },
  'alerts the same by the queries for Defender, with time, event and account': () => {
    const rows = [finding(2, 'a', 4, 'High')];
    for (const name of ['NewFinding', 'RaisedFinding', 'LowFinding']) {
      const low = name === 'LowFinding' ? [finding(2, 'a', 1, 'Low')] : name === 'NewFinding' ? [finding(2, 'a', 1, 'High')] : rows;
      const [own] = run(name, { LockstepDetections_CL: low }, 5);
      const [twin] = run(`defender/${name}`, { LockstepDetections_CL: low }, 5);
      const { Timestamp, ReportId, AccountObjectId, AccountUpn, ...rest } = twin;
      assert.deepStrictEqual(rest, own);
      assert.deepStrictEqual([Timestamp, ReportId, AccountObjectId, AccountUpn], [clock(2), `a-${own.Revision}`, 'user-a', 'a@contoso.example']);
    }
    const stopped = every(5, 0, 100).map((at) => beat(at, 'i', ''));
    assert.strictEqual(run('defender/Health', { LockstepHeartbeat_CL: stopped, LockstepDetections_CL: [] }, 120).length, 3);
  },
  'gives findings as ASIM has them, and filters them': () => {
    const rows = [
      finding(1, 'a', 1, 'High'), finding(2, 'b', 1, 'Medium', { Ip: '203.0.113.9', Tactics: ['CredentialAccess'], Techniques: ['T1528'] }), withdrawn(3, 'c', 2),
      finding(4, 'o', 3, 'High', { Reason: 'overflow' })];
    const seen = { LockstepDetections_CL: rows };
    const asked = (call) => evaluate(call, { tables: { ...seen, LockstepHeartbeat_CL: [] }, saved: functions, now: clock(9), parse }).map((one) => one.EventUid).sort().join('');
    assert.strictEqual(asked('ASimAlertEventLockstep'), 'abc');
    assert.strictEqual(asked('ASimAlertEventLockstep(true)'), '');
    const none = ['datetime(null)', 'datetime(null)', ...Array(8).fill('dynamic([])'), 'false'];
    const by = (place, value) => asked(`vimAlertEventLockstep(${none.map((one, i) => (i === place ? value : one)).join(', ')})`);
    assert.strictEqual(asked('vimAlertEventLockstep'), 'abc');
    const wanted = [
      [0, 'ago(7m)', 'bc'], [1, 'ago(8m)', 'a'], [2, 'dynamic(["203.0.113."])', 'b'], [2, 'dynamic(["192.0.2.1"])', 'ac'], [3, 'dynamic(["host"])', ''],
      [4, 'dynamic(["b@contoso.example"])', 'b'], [5, 'dynamic(["CredentialAccess"])', 'b'], [6, 'dynamic(["T1528"])', 'b'], [7, 'dynamic(["Malware"])', ''],
      [8, 'dynamic(["False Positive"])', 'c'], [9, 'dynamic(["High"])', 'a'], [10, 'true', '']];
    for (const [place, value, found] of wanted) assert.strictEqual(by(place, value), found, `${place} ${value}`);
    const [a] = evaluate('ASimAlertEventLockstep', { tables: { ...seen, LockstepHeartbeat_CL: [] }, saved: functions, now: clock(9), parse }).filter((one) => one.EventUid === 'a');
    assert.deepStrictEqual(
      [a.AlertName, a.AlertStatus, a.Username, a.UsernameType, a.UserIdType, a.UserType, a.IndicatorType, a.AttackTactics, a.IpAddr],
      ['Token a', 'Active', 'a@contoso.example', 'UPN', 'EntraUserID', 'Regular', 'User', 'InitialAccess', '192.0.2.1']);
  },
  'shows the network of the address that tells most, wherever its event stands': () => {
    const Evidence = [{ ip: '198.51.100.7', network: { organisation: 'There' } }, { ip: '192.0.2.1', network: { prefix: '192.0.2.0/24' } }];
    const [{ OtherIp, Network }] = run('NewFinding', { LockstepDetections_CL: [finding(1, 'a', 1, 'High', { Evidence })] }, 1);
    assert.deepStrictEqual([OtherIp, Network], ['198.51.100.7', '192.0.2.0/24']);
  },
  'cuts names and texts to what an alert takes': () => {
    const [alert] = run('NewFinding', {
      LockstepDetections_CL: [finding(1, 'a', 1, 'High', { AlertTitle: '\u{1F600}'.repeat(200), Description: '長'.repeat(9000) })],
    }, 1);
    assert.ok(Buffer.byteLength(alert.AlertName) <= 240 && Buffer.byteLength(alert.AlertText) <= 4900);
  },
  'is quiet while beats come': () => assert.deepStrictEqual(health(every(5, 0, 600).flatMap((at) => [beat(at, 'i', ''), beat(at, 'i', 's')]), 600), []),
  'tells once of a source that stops': () =>
    assert.deepStrictEqual(
      health(every(5, 0, 600).flatMap((at) => [beat(at, 'i', '')].concat(at < 100 ? [beat(at, 'i', 's')] : [])), 600), ['stopped source s High']),
  'tells once of each role when all stops': () =>
    assert.deepStrictEqual(
      health(every(5, 0, 100).map((at) => beat(at, 'i', '')), 600).sort(), ['stopped detect High', 'stopped forward High', 'stopped ingest High']),
  'is quiet when one instance takes the place of another': () =>
    assert.deepStrictEqual(
      health(every(5, 0, 600).flatMap((at) => [beat(at, at < 100 ? 'i' : 'j', ''), beat(at, at < 100 ? 'i' : 'j', 's')]), 600), []),
  'tells once, for the source, of records without an outcome': () =>
    assert.deepStrictEqual(
      health(every(5, 0, 600).flatMap((at) => {
        const more = at < 100 ? {} : { Missing: 3, Status: 'not-conserved' };
        return [beat(at, 'i', '', more), beat(at, 'i', 's', more)];
      }), 600), ['missing source s High']),
  'tells once of offsets that were lost': () =>
    assert.deepStrictEqual(
      health(every(5, 0, 600).map((at) => beat(at, 'i', 's', at < 100 ? {} : { LostOffsets: 4200, Status: at < 160 ? 'degraded' : 'ok' })), 600),
      ['degraded source s High']),
  'tells each time that a status becomes bad': () =>
    assert.deepStrictEqual(
      health(every(5, 0, 900).map((at) => beat(at, 'i', 's', { Status: (at > 90 && at < 200) || (at > 500 && at < 700) ? 'lagging' : 'ok' })), 900),
      ['lagging source s Medium', 'lagging source s Medium']),
  'tells once of rows that a cap held back, and the rules on findings do not': () => {
    const capped = [finding(20, 'o', 40, 'Informational', { Reason: 'overflow' })];
    assert.deepStrictEqual(health(every(5, 0, 90).map((at) => beat(at, 'i', '')), 90, capped), ['held-back token-replay Medium']);
    assert.deepStrictEqual(alerts(capped, 120), []);
  },
  'tells once, as High, of rows that the ceiling for High held back, and the rules on findings do not': () => {
    const held = [finding(20, 'o', 1, 'High', { Reason: 'overflow' }), finding(20, 'p', 89000, 'High', { Reason: 'overflow', Rule: 'flagged-address' })];
    assert.deepStrictEqual(
      health(every(5, 0, 90).map((at) => beat(at, 'i', '')), 90, held).sort(), ['held-back-high flagged-address High', 'held-back-high token-replay High']);
    assert.deepStrictEqual(alerts(held, 120), []);
  },
  'tells of what was more, and not again when it is Low in the same hour': () =>
    assert.deepStrictEqual(alerts([finding(2, 'a', 1, 'Medium'), finding(9, 'a', 2, 'Low')], 120), ['new a Medium']),
  'tells of any history each severity once, rising, and of the last one': () => {
    let state = 20261125;
    const random = (n) => (state = (state * 1103515245 + 12345) % 2147483648) % n;
    for (let history = 0; history < 60; history++) {
      const rows = [];
      let at = 1;
      let revision = 0;
      let backAt = -1;
      for (let i = 0; i < 6; i++) {
        at += 1 + random(12);
        revision += 1 + random(2);
        if (history % 3 === 0 && random(4) === 0) {
          rows.push(withdrawn((backAt = at), 'a', revision));
        } else {
          rows.push(finding(at, 'a', revision, LEVELS[1 + random(3)]));
        }
      }
      const told = alerts(rows, 125).map((one) => LEVELS.indexOf(one.split(' ')[2]));
      const said = `history ${history}: ${rows.map((one) => `${(one.$arrived - START) / MINUTE} ${one.Revision} ${one.Severity}`)}; told ${told}`;
      if (backAt < 0) for (let i = 1; i < told.length; i++) assert.ok(told[i] > told[i - 1], said);
      const last = LEVELS.indexOf(rows.at(-1).Severity);
      assert.ok(last === 0 || Math.max(...told) >= last, said);
    }
  },
  'runs every query, and keeps to one row a finding and to what a day read': () => {
    const rows = [finding(1, 'a', 1, 'High'), finding(3, 'b', 2, 'Low', { ColdStart: true, DefenderAlerts: [{ title: 't', link: 'l' }] })];
    rows.forEach((one) => Object.assign(one, { _BilledSize: 1000 }));
    const beats = [beat(1, 'i', '', { _BilledSize: 500, RecordsIn: 4 }), beat(6, 'i', 's', { LagSeconds: 1.5, _BilledSize: 500 })];
    for (const name of Object.keys(all)) run(name, { LockstepDetections_CL: rows, LockstepHeartbeat_CL: beats }, 8);
    assert.strictEqual(run('LockstepDetections', { LockstepDetections_CL: [...rows, finding(5, 'a', 2, 'High'), finding(6, 'a', 2, 'High')] }, 8).length, 2);
    const day = run('workbook/read-and-sent', {
      LockstepHeartbeat_CL: [[10, 100], [700, 300], [1500, 450], [1600, 500]].map(([at, RecordsIn]) => beat(at, 'i', '', { RecordsIn })),
    }, 1700).map((one) => one.RecordsIn);
    assert.deepStrictEqual(day, [200, 300]);
  },
};

const played = Object.entries(cases).filter(([one]) => one.includes(only));
let failed = 0;
for (const [name, holds] of played) {
  try {
    holds();
  } catch (error) {
    console.error(`the rules do not do this: ${name}\n${error.message}\n${error.stack.split('\n').filter((line) => line.includes('evaluate.js')).slice(0, 2).join('\n')}`);
    failed += 1;
  }
}
verdict(played.length, failed);
