// A playbook that writes a comment for each alert of an incident: the commands that explain and accept its finding. An example
// to change. It has an identity of its own with one role on the workspace. See docs/azure.md.

@description('The workspace, of this resource group, with Microsoft Sentinel on it.')
param workspaceName string

@description('The region of the playbook.')
param location string = resourceGroup().location

@description('The name of the playbook.')
@minLength(1)
param playbookName string = 'lockstep-explain'

// Microsoft Sentinel Responder
var responderRole = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3e150937-b8fe-4cfb-8069-0eaf05ecd056')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource connection 'Microsoft.Web/connections@2016-06-01' = {
  name: '${playbookName}-sentinel'
  location: location
  kind: 'V1'
  properties: {
    displayName: '${playbookName}-sentinel'
    parameterValueType: 'Alternative'
    api: {
      id: subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'azuresentinel')
    }
  }
}

resource playbook 'Microsoft.Logic/workflows@2019-05-01' = {
  name: playbookName
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    state: 'Enabled'
    definition: {
      '$schema': 'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#'
      contentVersion: '1.0.0.0'
      parameters: {
        '$connections': {
          type: 'Object'
          defaultValue: {}
        }
      }
      triggers: {
        Incident: {
          type: 'ApiConnectionWebhook'
          inputs: {
            host: {
              connection: {
                name: '@parameters(\'$connections\')[\'azuresentinel\'][\'connectionId\']'
              }
            }
            body: {
              callback_url: '@{listCallbackUrl()}'
            }
            path: '/incident-creation'
          }
        }
      }
      actions: {
        Each_alert: {
          type: 'Foreach'
          foreach: '@triggerBody()?[\'object\']?[\'properties\']?[\'Alerts\']'
          runAfter: {}
          actions: {
            Details: {
              type: 'Compose'
              inputs: '@json(coalesce(items(\'Each_alert\')?[\'properties\']?[\'additionalData\']?[\'Custom Details\'], \'{}\'))'
              runAfter: {}
            }
            If_of_a_finding: {
              type: 'If'
              expression: {
                and: [
                  {
                    not: {
                      equals: [
                        '@outputs(\'Details\')?[\'DetectionId\']'
                        '@null'
                      ]
                    }
                  }
                ]
              }
              actions: {
                Comment: {
                  type: 'ApiConnection'
                  inputs: {
                    host: {
                      connection: {
                        name: '@parameters(\'$connections\')[\'azuresentinel\'][\'connectionId\']'
                      }
                    }
                    method: 'post'
                    path: '/Incidents/Comment'
                    body: {
                      incidentArmId: '@triggerBody()?[\'object\']?[\'id\']'
                      message: '<p>Finding @{first(outputs(\'Details\')?[\'DetectionId\'])} of rule @{first(outputs(\'Details\')?[\'Rule\'])}, about @{first(outputs(\'Details\')?[\'Subject\'])}.</p><p>Why: <code>lockstep explain --detection @{first(outputs(\'Details\')?[\'DetectionId\'])} --config lockstep.yaml PATH</code></p><p>If it is benign: <code>lockstep accept --config lockstep.yaml @{first(outputs(\'Details\')?[\'DetectionId\'])}</code></p>'
                    }
                  }
                  runAfter: {}
                }
              }
              runAfter: {
                Details: [
                  'Succeeded'
                ]
              }
            }
          }
        }
      }
    }
    parameters: {
      '$connections': {
        value: {
          azuresentinel: {
            connectionId: connection.id
            connectionName: '${playbookName}-sentinel'
            id: subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'azuresentinel')
            connectionProperties: {
              authentication: {
                type: 'ManagedServiceIdentity'
              }
            }
          }
        }
      }
    }
  }
}

resource mayComment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(workspace.id, playbookName, responderRole)
  scope: workspace
  properties: {
    roleDefinitionId: responderRole
    principalId: playbook.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

output playbookId string = playbook.id
