// Lockstep in a Log Analytics workspace with Microsoft Sentinel: the two tables, the data collection rule that takes
// their rows, functions, analytics rules, hunting queries and a workbook. See docs/azure.md.

@description('The workspace, of this resource group, with Microsoft Sentinel on it.')
param workspaceName string

@description('The region of the workspace; the data collection rule must be in the same.')
param location string = resourceGroup().location

@description('Object id of the identity that Lockstep runs as: it may send rows to the data collection rule, and nothing else. Empty: nobody is given the role.')
param principalId string = ''

@description('What kind of identity that is.')
@allowed([
  'ServicePrincipal'
  'User'
  'Group'
])
param principalType string = 'ServicePrincipal'

@description('What becomes one incident: all findings of one principal, partner or address within a day, or each finding by itself.')
@allowed([
  'Subject'
  'DetectionId'
])
param incidentBy string = 'Subject'

@description('Days that rows are kept for queries.')
@minValue(4)
@maxValue(730)
param retentionInDays int = 90

// Both lists are the rows that the forwarder sends: a test holds them to the product.
var detectionColumns = [
  { name: 'TimeGenerated', type: 'datetime' }
  { name: 'DetectionId', type: 'string' }
  { name: 'Revision', type: 'int' }
  { name: 'Rule', type: 'string' }
  { name: 'RuleVersion', type: 'int' }
  { name: 'Reason', type: 'string' }
  { name: 'Severity', type: 'string' }
  { name: 'AlertTitle', type: 'string' }
  { name: 'Description', type: 'string' }
  { name: 'Principal', type: 'dynamic' }
  { name: 'Partner', type: 'dynamic' }
  { name: 'Ip', type: 'string' }
  { name: 'StartTime', type: 'datetime' }
  { name: 'EndTime', type: 'datetime' }
  { name: 'Count', type: 'int' }
  { name: 'Tactics', type: 'dynamic' }
  { name: 'Techniques', type: 'dynamic' }
  { name: 'Entities', type: 'dynamic' }
  { name: 'Evidence', type: 'dynamic' }
  { name: 'Gates', type: 'dynamic' }
  { name: 'DefenderAlerts', type: 'dynamic' }
  { name: 'ColdStart', type: 'boolean' }
  { name: 'Shadow', type: 'boolean' }
  { name: 'Overflow', type: 'boolean' }
  { name: 'RuleHash', type: 'string' }
  { name: 'Group', type: 'dynamic' }
  { name: 'CorrelationId', type: 'string' }
  { name: 'Trimmed', type: 'dynamic' }
]

var heartbeatColumns = [
  { name: 'TimeGenerated', type: 'datetime' }
  { name: 'Instance', type: 'string' }
  { name: 'Version', type: 'string' }
  { name: 'Roles', type: 'string' }
  { name: 'StartedAt', type: 'datetime' }
  { name: 'IntervalSeconds', type: 'int' }
  { name: 'Source', type: 'string' }
  { name: 'Status', type: 'string' }
  { name: 'Reason', type: 'string' }
  { name: 'RecordsIn', type: 'long' }
  { name: 'Activities', type: 'long' }
  { name: 'Ignored', type: 'long' }
  { name: 'Rejected', type: 'long' }
  { name: 'Quarantined', type: 'long' }
  { name: 'Missing', type: 'long' }
  { name: 'LostOffsets', type: 'long' }
  { name: 'LagRecords', type: 'long' }
  { name: 'LagSeconds', type: 'real' }
  { name: 'NewestAt', type: 'datetime' }
  { name: 'Detections', type: 'long' }
  { name: 'RowsForwarded', type: 'long' }
  { name: 'RowsHeldBack', type: 'long' }
  { name: 'RowsRejected', type: 'long' }
  { name: 'BytesRead', type: 'long' }
  { name: 'BytesForwarded', type: 'long' }
  { name: 'Rules', type: 'string' }
]

// Monitoring Metrics Publisher
var publisherRole = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource detectionsTable 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = {
  parent: workspace
  name: 'LockstepDetections_CL'
  properties: {
    plan: 'Analytics'
    retentionInDays: retentionInDays
    schema: {
      name: 'LockstepDetections_CL'
      columns: detectionColumns
    }
  }
}

resource heartbeatTable 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = {
  parent: workspace
  name: 'LockstepHeartbeat_CL'
  properties: {
    plan: 'Analytics'
    retentionInDays: retentionInDays
    schema: {
      name: 'LockstepHeartbeat_CL'
      columns: heartbeatColumns
    }
  }
}

// A rule of kind Direct has an endpoint of its own.
resource collectionRule 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: 'lockstep'
  location: location
  kind: 'Direct'
  properties: {
    description: 'Rows of Lockstep'
    streamDeclarations: {
      'Custom-LockstepDetections_CL': {
        columns: detectionColumns
      }
      'Custom-LockstepHeartbeat_CL': {
        columns: heartbeatColumns
      }
    }
    destinations: {
      logAnalytics: [
        {
          name: 'workspace'
          workspaceResourceId: workspace.id
        }
      ]
    }
    dataFlows: [
      {
        streams: [
          'Custom-LockstepDetections_CL'
        ]
        destinations: [
          'workspace'
        ]
        transformKql: 'source'
        outputStream: 'Custom-LockstepDetections_CL'
      }
      {
        streams: [
          'Custom-LockstepHeartbeat_CL'
        ]
        destinations: [
          'workspace'
        ]
        transformKql: 'source'
        outputStream: 'Custom-LockstepHeartbeat_CL'
      }
    ]
  }
  dependsOn: [
    detectionsTable
    heartbeatTable
  ]
}

resource maySend 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(principalId)) {
  name: guid(collectionRule.id, principalId, publisherRole)
  scope: collectionRule
  properties: {
    roleDefinitionId: publisherRole
    principalId: principalId
    principalType: principalType
  }
}

resource detectionsFunction 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = {
  parent: workspace
  name: 'lockstep-function-detections'
  etag: '*'
  properties: {
    category: 'Lockstep'
    displayName: 'LockstepDetections'
    functionAlias: 'LockstepDetections'
    query: loadTextContent('kql/LockstepDetections.kql')
    version: 2
  }
  dependsOn: [
    detectionsTable
  ]
}

resource asimFunction 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = {
  parent: workspace
  name: 'lockstep-function-asim'
  etag: '*'
  properties: {
    category: 'Lockstep'
    displayName: 'ASimAlertEventLockstep'
    functionAlias: 'ASimAlertEventLockstep'
    query: loadTextContent('kql/ASimAlertEventLockstep.kql')
    version: 2
  }
  dependsOn: [
    detectionsFunction
  ]
}

var hunts = [
  {
    name: 'several-rules'
    title: 'Lockstep: principals with findings of several rules'
    description: 'Principals with findings of more than one rule within a day.'
    tactics: 'InitialAccess,CredentialAccess,LateralMovement'
    techniques: 'T1078,T1528,T1550'
    query: loadTextContent('kql/hunt-several-rules.kql')
  }
  {
    name: 'shared-addresses'
    title: 'Lockstep: addresses that several principals share'
    description: 'Addresses that the findings of several principals name.'
    tactics: 'InitialAccess'
    techniques: 'T1078'
    query: loadTextContent('kql/hunt-shared-addresses.kql')
  }
  {
    name: 'partner-networks'
    title: 'Lockstep: networks of partners'
    description: 'Networks from which the keys of partners were used unexpectedly, and how often.'
    tactics: 'InitialAccess'
    techniques: 'T1078,T1199'
    query: loadTextContent('kql/hunt-partner-networks.kql')
  }
  {
    name: 'taken-back'
    title: 'Lockstep: findings that were retracted'
    description: 'Findings that had been High or Medium and were retracted later.'
    tactics: 'InitialAccess'
    techniques: 'T1078'
    query: loadTextContent('kql/hunt-taken-back.kql')
  }
  {
    name: 'close-calls'
    title: 'Lockstep: what was checked'
    description: 'The gates that findings passed, or that raised or lowered them, by rule.'
    tactics: 'InitialAccess'
    techniques: 'T1078'
    query: loadTextContent('kql/hunt-close-calls.kql')
  }
  {
    name: 'first-seen'
    title: 'Lockstep: principals without a history'
    description: 'Findings about principals of whom nothing was known before.'
    tactics: 'InitialAccess'
    techniques: 'T1078'
    query: loadTextContent('kql/hunt-first-seen.kql')
  }
  {
    name: 'with-defender'
    title: 'Lockstep: findings that Defender confirms'
    description: 'Findings with the alerts of Microsoft Defender that name the same principal or address.'
    tactics: 'InitialAccess,CredentialAccess'
    techniques: 'T1078,T1528'
    query: loadTextContent('kql/hunt-with-defender.kql')
  }
]

resource hunting 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = [for hunt in hunts: {
  parent: workspace
  name: 'lockstep-hunt-${hunt.name}'
  etag: '*'
  properties: {
    category: 'Hunting Queries'
    displayName: hunt.title
    query: hunt.query
    version: 2
    tags: [
      {
        name: 'description'
        value: hunt.description
      }
      {
        name: 'tactics'
        value: hunt.tactics
      }
      {
        name: 'techniques'
        value: hunt.techniques
      }
    ]
  }
  dependsOn: [
    detectionsFunction
  ]
}]

var findingTactics = [
  'InitialAccess'
  'CredentialAccess'
  'DefenseEvasion'
  'LateralMovement'
  'Persistence'
  'PrivilegeEscalation'
  'Reconnaissance'
]

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

var findingEntities = [
  {
    entityType: 'Account'
    fieldMappings: [
      { identifier: 'AadUserId', columnName: 'UserId' }
      { identifier: 'Name', columnName: 'UserName' }
      { identifier: 'UPNSuffix', columnName: 'UserSuffix' }
    ]
  }
  {
    entityType: 'Account'
    fieldMappings: [
      { identifier: 'ObjectGuid', columnName: 'WorkloadId' }
      { identifier: 'Name', columnName: 'WorkloadName' }
    ]
  }
  {
    entityType: 'IP'
    fieldMappings: [
      { identifier: 'Address', columnName: 'Ip' }
    ]
  }
  {
    entityType: 'IP'
    fieldMappings: [
      { identifier: 'Address', columnName: 'OtherIp' }
    ]
  }
  {
    entityType: 'CloudApplication'
    fieldMappings: [
      { identifier: 'Name', columnName: 'PartnerName' }
    ]
  }
]

var findingDetails = {
  DetectionId: 'DetectionId'
  Revision: 'Revision'
  Rule: 'Rule'
  Reason: 'Reason'
  Count: 'Count'
  Subject: 'Subject'
  Partner: 'PartnerId'
  FirstEvent: 'StartTime'
  LastEvent: 'EndTime'
  Network: 'Network'
  DefenderAlert: 'DefenderAlert'
  ColdStart: 'ColdStart'
  CorrelationId: 'CorrelationId'
}

var findingOverride = {
  alertDisplayNameFormat: 'Lockstep: {{AlertName}}'
  alertDescriptionFormat: '{{AlertText}}'
  alertSeverityColumnName: 'Severity'
  alertTacticsColumnName: 'Tactic'
  alertDynamicProperties: [
    { alertProperty: 'Techniques', value: 'Technique' }
  ]
}

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
      incidentBy
    ]
  }
}

// The kind NRT is in preview versions of the API only.
resource newFinding 'Microsoft.SecurityInsights/alertRules@2025-07-01-preview' = {
  name: 'lockstep-new'
  scope: workspace
  kind: 'NRT'
  properties: {
    displayName: 'Lockstep: new finding'
    description: 'A new finding of severity High or Medium, within minutes.'
    enabled: true
    severity: 'Medium'
    query: loadTextContent('kql/rule-new.kql')
    suppressionEnabled: false
    suppressionDuration: 'PT1H'
    tactics: findingTactics
    techniques: findingTechniques
    eventGroupingSettings: {
      aggregationKind: 'AlertPerResult'
    }
    entityMappings: findingEntities
    customDetails: findingDetails
    alertDetailsOverride: findingOverride
    incidentConfiguration: findingIncident
  }
  dependsOn: [
    detectionsTable
  ]
}

resource raisedFinding 'Microsoft.SecurityInsights/alertRules@2025-09-01' = {
  name: 'lockstep-raised'
  scope: workspace
  kind: 'Scheduled'
  properties: {
    displayName: 'Lockstep: raised finding'
    description: 'A finding that came to High or Medium later, or that was not told when it was new.'
    enabled: true
    severity: 'Medium'
    query: loadTextContent('kql/rule-raised.kql')
    queryFrequency: 'PT5M'
    queryPeriod: 'PT47H'
    triggerOperator: 'GreaterThan'
    triggerThreshold: 0
    suppressionEnabled: false
    suppressionDuration: 'PT1H'
    tactics: findingTactics
    techniques: findingTechniques
    eventGroupingSettings: {
      aggregationKind: 'AlertPerResult'
    }
    entityMappings: findingEntities
    customDetails: findingDetails
    alertDetailsOverride: findingOverride
    incidentConfiguration: findingIncident
  }
  dependsOn: [
    detectionsTable
  ]
}

// One incident a day for each rule: what is Low is to be read in a quiet hour.
resource lowFinding 'Microsoft.SecurityInsights/alertRules@2025-09-01' = {
  name: 'lockstep-low'
  scope: workspace
  kind: 'Scheduled'
  properties: {
    displayName: 'Lockstep: findings of severity Low'
    description: 'New findings of severity Low, hourly, a day of one rule in one incident.'
    enabled: true
    severity: 'Low'
    query: loadTextContent('kql/rule-low.kql')
    queryFrequency: 'PT1H'
    queryPeriod: 'P2D'
    triggerOperator: 'GreaterThan'
    triggerThreshold: 0
    suppressionEnabled: false
    suppressionDuration: 'PT1H'
    tactics: findingTactics
    techniques: findingTechniques
    eventGroupingSettings: {
      aggregationKind: 'AlertPerResult'
    }
    entityMappings: findingEntities
    customDetails: findingDetails
    alertDetailsOverride: findingOverride
    incidentConfiguration: {
      createIncident: true
      groupingConfiguration: {
        enabled: true
        reopenClosedIncident: false
        lookbackDuration: 'P1D'
        matchingMethod: 'Selected'
        groupByEntities: []
        groupByAlertDetails: []
        groupByCustomDetails: [
          'Rule'
        ]
      }
    }
  }
  dependsOn: [
    detectionsTable
  ]
}

resource health 'Microsoft.SecurityInsights/alertRules@2025-09-01' = {
  name: 'lockstep-health'
  scope: workspace
  kind: 'Scheduled'
  properties: {
    displayName: 'Lockstep: health'
    description: 'Lockstep has stopped, does not see, has lost a record, or holds rows back.'
    enabled: true
    severity: 'Medium'
    query: loadTextContent('kql/rule-health.kql')
    queryFrequency: 'PT15M'
    queryPeriod: 'P1D'
    triggerOperator: 'GreaterThan'
    triggerThreshold: 0
    suppressionEnabled: false
    suppressionDuration: 'PT1H'
    tactics: []
    techniques: []
    eventGroupingSettings: {
      aggregationKind: 'AlertPerResult'
    }
    entityMappings: [
      {
        entityType: 'Host'
        fieldMappings: [
          { identifier: 'HostName', columnName: 'Instance' }
        ]
      }
    ]
    customDetails: {
      Problem: 'Problem'
      Part: 'Part'
      Instance: 'Instance'
    }
    alertDetailsOverride: {
      alertDisplayNameFormat: 'Lockstep: {{AlertName}}'
      alertDescriptionFormat: '{{AlertText}}'
      alertSeverityColumnName: 'Severity'
    }
    incidentConfiguration: {
      createIncident: true
      groupingConfiguration: {
        enabled: true
        reopenClosedIncident: false
        lookbackDuration: 'P1D'
        matchingMethod: 'Selected'
        groupByEntities: []
        groupByAlertDetails: []
        groupByCustomDetails: [
          'Problem'
          'Part'
        ]
      }
    }
  }
  dependsOn: [
    detectionsTable
    heartbeatTable
  ]
}

var book = {
  version: 'Notebook/1.0'
  items: [
    {
      type: 1
      name: 'title'
      content: {
        json: '## Lockstep\nWhat stands is counted, each finding once. Findings that were retracted are below, under *not told*.'
      }
    }
    {
      type: 9
      name: 'parameters'
      content: {
        version: 'KqlParameterItem/1.0'
        style: 'pills'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        parameters: [
          {
            id: '2b0e5a7c-6b35-4a0b-9a67-6a4a8b1f6e11'
            version: 'KqlParameterItem/1.0'
            name: 'TimeRange'
            label: 'Time'
            type: 4
            isRequired: true
            value: {
              durationMs: 604800000
            }
            typeSettings: {
              selectableValues: [
                { durationMs: 86400000 }
                { durationMs: 604800000 }
                { durationMs: 1209600000 }
                { durationMs: 2592000000 }
              ]
              allowCustom: true
            }
          }
        ]
      }
    }
    {
      type: 3
      name: 'over-time'
      content: {
        version: 'KqlItem/1.0'
        title: 'Detections'
        query: loadTextContent('kql/book-over-time.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'timechart'
      }
    }
    {
      type: 3
      name: 'by-rule'
      content: {
        version: 'KqlItem/1.0'
        title: 'By rule and reason'
        query: loadTextContent('kql/book-by-rule.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'table'
      }
    }
    {
      type: 3
      name: 'noisiest'
      content: {
        version: 'KqlItem/1.0'
        title: 'Noisiest principals and partners'
        query: loadTextContent('kql/book-noisiest.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'table'
      }
    }
    {
      type: 3
      name: 'held-back'
      content: {
        version: 'KqlItem/1.0'
        title: 'Not told: retracted, or held back by a cap'
        query: loadTextContent('kql/book-held-back.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'table'
      }
    }
    {
      type: 3
      name: 'delay'
      content: {
        version: 'KqlItem/1.0'
        title: 'Minutes from a finding\'s last event to its row here'
        query: loadTextContent('kql/book-delay.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'table'
      }
    }
    {
      type: 3
      name: 'cost'
      content: {
        version: 'KqlItem/1.0'
        title: 'Rows and billed volume'
        query: loadTextContent('kql/book-cost.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'table'
      }
    }
    {
      type: 3
      name: 'read-and-sent'
      content: {
        version: 'KqlItem/1.0'
        title: 'Read and sent'
        query: loadTextContent('kql/book-read-and-sent.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'table'
      }
    }
    {
      type: 3
      name: 'beats'
      content: {
        version: 'KqlItem/1.0'
        title: 'Last beat of each instance and source'
        query: loadTextContent('kql/book-beats.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'table'
      }
    }
    {
      type: 3
      name: 'lag'
      content: {
        version: 'KqlItem/1.0'
        title: 'How far sources are behind, in seconds'
        query: loadTextContent('kql/book-lag.kql')
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        visualization: 'linechart'
      }
    }
  ]
  fallbackResourceIds: [
    workspace.id
  ]
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
    serializedData: string(book)
  }
  dependsOn: [
    detectionsFunction
    heartbeatTable
  ]
}

output endpoint string = collectionRule.properties.endpoints.logsIngestion
output ruleId string = collectionRule.properties.immutableId
