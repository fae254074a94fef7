// Optional: a table of Sentinel's data lake (plan Auxiliary) that has all evidence of each row, and the data collection rule that
// takes it. Deploy data.bicep first, then name the outputs in sentinel.lake. See docs/sinks.md.

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

@description('Days that rows are kept.')
@minValue(30)
@maxValue(4383)
param totalRetentionInDays int = 365

// The rows that the forwarder sends: a test holds them to the product. Such a table has no dynamic columns.
var evidenceColumns = [
  { name: 'TimeGenerated', type: 'datetime' }
  { name: 'DetectionId', type: 'string' }
  { name: 'Revision', type: 'int' }
  { name: 'Rule', type: 'string' }
  { name: 'Severity', type: 'string' }
  { name: 'StartTime', type: 'datetime' }
  { name: 'EndTime', type: 'datetime' }
  { name: 'Evidence', type: 'string' }
  { name: 'Trimmed', type: 'int' }
]

// Monitoring Metrics Publisher
var publisherRole = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

// The plan of such a table cannot be changed later.
resource evidenceTable 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = {
  parent: workspace
  name: 'LockstepEvidence_CL'
  properties: {
    plan: 'Auxiliary'
    totalRetentionInDays: totalRetentionInDays
    schema: {
      name: 'LockstepEvidence_CL'
      columns: evidenceColumns
    }
  }
}

// A rule that sends to such a table may send to no other one, and has no transformation.
resource collectionRule 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: 'lockstep-evidence'
  location: location
  kind: 'Direct'
  properties: {
    description: 'Evidence of Lockstep'
    streamDeclarations: {
      'Custom-LockstepEvidence_CL': {
        columns: evidenceColumns
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
          'Custom-LockstepEvidence_CL'
        ]
        destinations: [
          'workspace'
        ]
        outputStream: 'Custom-LockstepEvidence_CL'
      }
    ]
  }
  dependsOn: [
    evidenceTable
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
