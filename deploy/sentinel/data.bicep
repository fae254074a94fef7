// Where Lockstep's rows go: two tables, the data collection rule that takes the rows, and the role to send them. Deploy this
// first; content.bicep has what reads the tables. See docs/azure.md.

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

output endpoint string = collectionRule.properties.endpoints.logsIngestion
output ruleId string = collectionRule.properties.immutableId
