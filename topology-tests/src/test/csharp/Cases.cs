// Runs every expression in a number of situations, and writes what it logs: one JSON object a line.
using System;
using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Gateway {
  static class Cases {
    const string Uti = "4AQlP4lP00GaDAMF6CwzAQ";
    const string Oid = "11112222-3333-4444-5555-666677778888";
    const string Tid = "aaaabbbb-cccc-dddd-eeee-ffff00001111";
    const string App = "22223333-4444-5555-6666-777788889999";

    static void Main() {
      foreach (var fragment in Expressions.All) {
        Write("fragment", fragment.Name, "digest", fragment.Digest);
        Accepted(fragment);
        Refused(fragment);
      }
    }

    static void Accepted(Fragment fragment) {
      var user = User();
      Run(fragment, "user", user, FrontDoor());
      user.Remove("appid");
      user.Remove("sid");
      user["azp"] = new[] { App };
      Run(fragment, "user of a v2.0 token without sid", user, Direct());
      user["idtyp"] = new[] { "user" };
      Run(fragment, "user whose token says so", user, Direct());
      var app = User();
      app.Remove("scp");
      app.Remove("sid");
      Run(fragment, "application", app, Direct());
      app["idtyp"] = new[] { "app" };
      Run(fragment, "application whose token says so", app, Direct());
      var agent = User();
      agent["azp"] = new[] { Tid };
      agent["azpacr"] = new[] { "2" };
      agent["xms_act_fct"] = new[] { "3 11" };
      agent["xms_sub_fct"] = new[] { "9", "13" };
      agent["xms_par_app_azp"] = new[] { Oid };
      Run(fragment, "agent that acts for a user", agent, Direct());
      var older = User();
      older["appidacr"] = new[] { "1" };
      Run(fragment, "application for a user, v1.0 token", older, Direct());
      Run(fragment, "token without any claim", new Dictionary<string, string[]>(), Direct());
      var odd = User();
      odd["uti"] = new[] { "a\"b\\c\r\n\t\u0001\u2028{}" };
      odd["sid"] = new[] { new string('s', 129) };
      odd["oid"] = new[] { "one", "two" };
      odd["tid"] = new string[0];
      odd["iat"] = new[] { "soon" };
      odd["exp"] = new[] { "9223372036854775808" };
      Run(fragment, "odd claims", odd, Direct());
      Run(fragment, "long headers", User(), Long());
      Run(fragment, "one endless X-Forwarded-For", User(), With("X-Forwarded-For", new string('9', 5000)));
      Run(fragment, "endless X-Azure-SocketIP", User(), With("X-Azure-SocketIP", new string('9', 65)));
      Run(fragment, "nothing was validated", FrontDoor(), new Dictionary<string, object>());
      Run(fragment, "the variable is no token", Direct(), new Dictionary<string, object> { { "lockstep-token", Oid } });
      Run(fragment, "no header at all", new Dictionary<string, string[]>(), new Dictionary<string, object>());
    }

    static void Refused(Fragment fragment) {
      var none = new Dictionary<string, object>();
      Extensions.Tokens["refused.token.text"] = new Jwt { Claims = User() };
      var other = User();
      other["oid"] = new[] { Tid };
      Extensions.Tokens["other.token.text"] = new Jwt { Claims = other };
      Run(fragment, "refused", With("Authorization", "Bearer refused.token.text"), none);
      Run(fragment, "refused without scheme", With("Authorization", " refused.token.text "), none);
      Run(fragment, "refused, two values", With("Authorization", "Basic bm9ib2R5", "Bearer refused.token.text", "Bearer other.token.text"), none);
      Run(fragment, "refused, no token", With("Authorization", "Bearer nonsense"), none);
      Run(fragment, "refused, empty", With("Authorization", ""), none);
      Run(fragment, "refused behind Front Door", With(FrontDoor(), "Authorization", "Bearer refused.token.text"), none);
      Run(fragment, "failed after validation", With("Authorization", "Bearer refused.token.text"),
          new Dictionary<string, object> { { "lockstep-token", new Jwt { Claims = User() } } });
    }

    static Dictionary<string, string[]> User() {
      return new Dictionary<string, string[]> {
        { "aud", new[] { "api://orders" } }, { "uti", new[] { Uti } }, { "sid", new[] { "session-1" } },
        { "oid", new[] { Oid } }, { "tid", new[] { Tid } }, { "appid", new[] { App } },
        { "scp", new[] { "orders.read" } }, { "iat", new[] { "1793698200" } }, { "exp", new[] { "1793702100" } },
      };
    }

    static Dictionary<string, string[]> Direct() {
      return With("User-Agent", "curl/8.9.1");
    }

    static Dictionary<string, string[]> FrontDoor() {
      return With(With(Direct(), "X-Azure-SocketIP", "203.0.113.7"), "X-Forwarded-For", "198.51.100.9", "203.0.113.7");
    }

    static Dictionary<string, string[]> Long() {
      var hops = Enumerable.Range(0, 400).Select(i => "198.51.100." + i % 256).Concat(new[] { "203.0.113.7" }).ToArray();
      return With(With("X-Forwarded-For", hops), "User-Agent", new string('u', 4000));
    }

    static Dictionary<string, string[]> With(string name, params string[] values) {
      return With(new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase), name, values);
    }

    static Dictionary<string, string[]> With(Dictionary<string, string[]> headers, string name, params string[] values) {
      headers[name] = values;
      return headers;
    }

    static void Run(Fragment fragment, string situation, Dictionary<string, string[]> claims, Dictionary<string, string[]> headers) {
      Run(fragment, situation, headers, new Dictionary<string, object> { { "lockstep-token", new Jwt { Claims = claims } } });
    }

    static void Run(Fragment fragment, string situation, Dictionary<string, string[]> headers, Dictionary<string, object> variables) {
      var context = new Context { Request = new Request { Headers = headers }, Variables = variables };
      if (fragment.When(context)) {
        Write("fragment", fragment.Name, "situation", situation, "message", fragment.Message(context));
      } else {
        Write("fragment", fragment.Name, "situation", situation);
      }
    }

    static void Write(params string[] namesAndValues) {
      var pairs = new List<string>();
      for (var i = 0; i < namesAndValues.Length; i += 2) {
        pairs.Add(JToken.Quoted(namesAndValues[i]) + ":" + JToken.Quoted(namesAndValues[i + 1]));
      }
      Console.WriteLine("{" + string.Join(",", pairs) + "}");
    }
  }
}
