// What reads Lockstep's tables: functions, analytics rules, hunting queries and a workbook, as the files of Solutions/Lockstep
// say. Deploy data.bicep first. See docs/azure.md.

@description('The workspace, of this resource group, with Microsoft Sentinel on it.')
param workspaceName string

@description('The region of the workspace, for the workbook.')
param location string = resourceGroup().location

@description('What becomes one incident where Microsoft Sentinel makes incidents: all findings of one principal, partner or address within a day, or each finding by itself.')
@allowed([
  'Subject'
  'DetectionId'
])
param incidentBy string = 'Subject'

@description('What the ids of the four rules begin with. The id of a deleted rule is refused with 409 for some time: take another one then.')
@minLength(1)
param rulePrefix string = 'lockstep'

var newFinding = loadYamlContent('Solutions/Lockstep/Analytic Rules/NewFinding.yaml')
var raisedFinding = loadYamlContent('Solutions/Lockstep/Analytic Rules/RaisedFinding.yaml')
var lowFinding = loadYamlContent('Solutions/Lockstep/Analytic Rules/LowFinding.yaml')
var health = loadYamlContent('Solutions/Lockstep/Analytic Rules/Health.yaml')

// Stable versions of the API know no sub-techniques of a rule: the rules' own list, without what follows the dot. Alerts
// have theirs by a column.
var findingTechniques = [
  'T1078'
  'T1098'
  'T1110'
  'T1190'
  'T1199'
  'T1528'
  'T1539'
  'T1550'
  'T1555'
  'T1595'
]

var findingSubTechniques = [
  'T1078.004'
  'T1098.001'
  'T1098.003'
  'T1110.003'
  'T1550.001'
  'T1550.004'
  'T1555.006'
  'T1595.002'
]

var findingIncident = {
  createIncident: true
  groupingConfiguration: {
    enabled: true
    reopenClosedIncident: false
    lookbackDuration: 'P1D'
    matchingMethod: 'Selected'
    groupByEntities: []
    groupByAlertDetails: []
    groupByCustomDetails: [
      incidentBy == 'Subject' ? 'SubjectId' : 'DetectionId'
    ]
  }
}

var parsers = [
  {
    name: 'detections'
    said: loadYamlContent('Solutions/Lockstep/Parsers/LockstepDetections.yaml')
    parameters: ''
  }
  {
    name: 'asim'
    said: loadYamlContent('Solutions/Lockstep/Parsers/ASimAlertEventLockstep.yaml')
    parameters: 'disabled:bool=false'
  }
  {
    name: 'asim-filtering'
    said: loadYamlContent('Solutions/Lockstep/Parsers/vimAlertEventLockstep.yaml')
    parameters: 'starttime:datetime=datetime(null),endtime:datetime=datetime(null),ipaddr_has_any_prefix:dynamic=dynamic([]),hostname_has_any:dynamic=dynamic([]),username_has_any:dynamic=dynamic([]),attacktactics_has_any:dynamic=dynamic([]),attacktechniques_has_any:dynamic=dynamic([]),threatcategory_has_any:dynamic=dynamic([]),alertverdict_has_any:dynamic=dynamic([]),eventseverity_has_any:dynamic=dynamic([]),disabled:bool=false'
  }
]

var hunts = [
  {
    name: 'several-rules'
    said: loadYamlContent('Solutions/Lockstep/Hunting Queries/SeveralRules.yaml')
  }
  {
    name: 'shared-addresses'
    said: loadYamlContent('Solutions/Lockstep/Hunting Queries/SharedAddresses.yaml')
  }
  {
    name: 'partner-networks'
    said: loadYamlContent('Solutions/Lockstep/Hunting Queries/PartnerNetworks.yaml')
  }
  {
    name: 'retracted'
    said: loadYamlContent('Solutions/Lockstep/Hunting Queries/Retracted.yaml')
  }
  {
    name: 'gates'
    said: loadYamlContent('Solutions/Lockstep/Hunting Queries/Gates.yaml')
  }
  {
    name: 'cold-start'
    said: loadYamlContent('Solutions/Lockstep/Hunting Queries/ColdStart.yaml')
  }
  {
    name: 'with-defender'
    said: loadYamlContent('Solutions/Lockstep/Hunting Queries/WithDefender.yaml')
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource function 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = [for parser in parsers: {
  parent: workspace
  name: 'lockstep-function-${parser.name}'
  etag: '*'
  properties: {
    category: 'Lockstep'
    displayName: parser.said.Function.Title
    functionAlias: parser.said.FunctionAlias
    functionParameters: parser.parameters
    query: parser.said.FunctionQuery
    version: 2
  }
}]

resource hunting 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = [for hunt in hunts: {
  parent: workspace
  name: 'lockstep-hunt-${hunt.name}'
  etag: '*'
  properties: {
    category: 'Hunting Queries'
    displayName: hunt.said.name
    query: hunt.said.query
    version: 2
    tags: [
      {
        name: 'description'
        value: hunt.said.description
      }
      {
        name: 'tactics'
        value: join(hunt.said.tactics, ',')
      }
      {
        name: 'techniques'
        value: join(hunt.said.relevantTechniques, ',')
      }
    ]
  }
  dependsOn: [
    function
  ]
}]

// The kind NRT is in preview versions of the API only.
resource newRule 'Microsoft.SecurityInsights/alertRules@2025-07-01-preview' = {
  name: '${rulePrefix}-new'
  scope: workspace
  kind: 'NRT'
  properties: {
    displayName: newFinding.name
    description: newFinding.description
    enabled: true
    severity: newFinding.severity
    query: newFinding.query
    suppressionEnabled: false
    suppressionDuration: 'PT1H'
    tactics: newFinding.tactics
    techniques: findingTechniques
    subTechniques: findingSubTechniques
    eventGroupingSettings: newFinding.eventGroupingSettings
    entityMappings: newFinding.entityMappings
    customDetails: newFinding.customDetails
    alertDetailsOverride: newFinding.alertDetailsOverride
    incidentConfiguration: findingIncident
  }
}

resource raisedRule 'Microsoft.SecurityInsights/alertRules@2025-09-01' = {
  name: '${rulePrefix}-raised'
  scope: workspace
  kind: 'Scheduled'
  properties: {
    displayName: raisedFinding.name
    description: raisedFinding.description
    enabled: true
    severity: raisedFinding.severity
    query: raisedFinding.query
    queryFrequency: 'PT5M'
    queryPeriod: 'PT47H'
    triggerOperator: 'GreaterThan'
    triggerThreshold: raisedFinding.triggerThreshold
    suppressionEnabled: false
    suppressionDuration: 'PT1H'
    tactics: raisedFinding.tactics
    techniques: findingTechniques
    eventGroupingSettings: raisedFinding.eventGroupingSettings
    entityMappings: raisedFinding.entityMappings
    customDetails: raisedFinding.customDetails
    alertDetailsOverride: raisedFinding.alertDetailsOverride
    incidentConfiguration: findingIncident
  }
}

// One incident a day for each rule: what is Low is to be read in a quiet hour.
resource lowRule 'Microsoft.SecurityInsights/alertRules@2025-09-01' = {
  name: '${rulePrefix}-low'
  scope: workspace
  kind: 'Scheduled'
  properties: {
    displayName: lowFinding.name
    description: lowFinding.description
    enabled: true
    severity: lowFinding.severity
    query: lowFinding.query
    queryFrequency: 'PT1H'
    queryPeriod: 'PT48H'
    triggerOperator: 'GreaterThan'
    triggerThreshold: lowFinding.triggerThreshold
    suppressionEnabled: false
    suppressionDuration: 'PT1H'
    tactics: lowFinding.tactics
    techniques: findingTechniques
    eventGroupingSettings: lowFinding.eventGroupingSettings
    entityMappings: lowFinding.entityMappings
    customDetails: lowFinding.customDetails
    alertDetailsOverride: lowFinding.alertDetailsOverride
    incidentConfiguration: lowFinding.incidentConfiguration
  }
}

// An alert on health names no entity: what stopped is no host, person or address of the estate.
resource healthRule 'Microsoft.SecurityInsights/alertRules@2025-09-01' = {
  name: '${rulePrefix}-health'
  scope: workspace
  kind: 'Scheduled'
  properties: {
    displayName: health.name
    description: health.description
    enabled: true
    severity: health.severity
    query: health.query
    queryFrequency: 'PT15M'
    queryPeriod: 'PT24H'
    triggerOperator: 'GreaterThan'
    triggerThreshold: health.triggerThreshold
    suppressionEnabled: false
    suppressionDuration: 'PT1H'
    tactics: health.tactics
    techniques: health.relevantTechniques
    eventGroupingSettings: health.eventGroupingSettings
    customDetails: health.customDetails
    alertDetailsOverride: health.alertDetailsOverride
    incidentConfiguration: health.incidentConfiguration
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'lockstep-workbook')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'Lockstep'
    category: 'sentinel'
    sourceId: workspace.id
    version: 'Notebook/1.0'
    serializedData: loadTextContent('Solutions/Lockstep/Workbooks/Lockstep.json')
  }
  dependsOn: [
    function
  ]
}
