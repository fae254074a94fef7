// A playbook that an analyst runs on an incident: it revokes the sign-in sessions of each user that the incident names, and
// comments on the incident with the answer. An example to change; no automation rule runs it. See docs/azure.md for the right that it needs.

@description('The workspace, of this resource group, with Microsoft Sentinel on it.')
param workspaceName string

@description('The region of the playbook.')
param location string = resourceGroup().location

@description('The name of the playbook.')
@minLength(1)
param playbookName string = 'lockstep-revoke'

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
        Accounts: {
          type: 'ApiConnection'
          inputs: {
            host: {
              connection: {
                name: '@parameters(\'$connections\')[\'azuresentinel\'][\'connectionId\']'
              }
            }
            method: 'post'
            path: '/entities/account'
            body: '@triggerBody()?[\'object\']?[\'properties\']?[\'relatedEntities\']'
          }
          runAfter: {}
        }
        Users: {
          type: 'Query'
          inputs: {
            from: '@body(\'Accounts\')?[\'Accounts\']'
            where: '@not(empty(item()?[\'AadUserId\']))'
          }
          runAfter: {
            Accounts: [
              'Succeeded'
            ]
          }
        }
        Each_user: {
          type: 'Foreach'
          foreach: '@body(\'Users\')'
          runAfter: {
            Users: [
              'Succeeded'
            ]
          }
          actions: {
            Revoke: {
              type: 'Http'
              inputs: {
                method: 'POST'
                uri: 'https://graph.microsoft.com/v1.0/users/@{encodeUriComponent(items(\'Each_user\')?[\'AadUserId\'])}/revokeSignInSessions'
                authentication: {
                  type: 'ManagedServiceIdentity'
                  audience: 'https://graph.microsoft.com'
                }
              }
              runAfter: {}
            }
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
                  message: '<p>The request to revoke the sessions of user @{items(\'Each_user\')?[\'AadUserId\']} has the status @{outputs(\'Revoke\')?[\'statusCode\']}. They are revoked if it is 200 or 204. Tokens that live longer stay valid until they expire.</p>'
                }
              }
              runAfter: {
                Revoke: [
                  'Succeeded'
                  'Failed'
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
output identity string = playbook.identity.principalId
