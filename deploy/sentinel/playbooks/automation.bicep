// Automation rules for Lockstep's incidents, an example to change. They go by the rules that made the alerts, and not by the
// incident's title, which the Defender portal writes anew. See docs/azure.md.

@description('The workspace, of this resource group, with Microsoft Sentinel on it.')
param workspaceName string

@description('What the ids of the rules begin with, as in content.bicep.')
@minLength(1)
param rulePrefix string = 'lockstep'

@description('Resource id of a playbook that runs on each new incident of severity High, such as the output of explain.bicep. Empty: none.')
param playbookId string = ''

var findingRules = [
  extensionResourceId(workspace.id, 'Microsoft.SecurityInsights/alertRules', '${rulePrefix}-new')
  extensionResourceId(workspace.id, 'Microsoft.SecurityInsights/alertRules', '${rulePrefix}-raised')
  extensionResourceId(workspace.id, 'Microsoft.SecurityInsights/alertRules', '${rulePrefix}-low')
]

var ofLockstep = {
  conditionType: 'Property'
  conditionProperties: {
    propertyName: 'IncidentRelatedAnalyticRuleIds'
    operator: 'Contains'
    propertyValues: findingRules
  }
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource labelled 'Microsoft.SecurityInsights/automationRules@2025-09-01' = {
  name: guid(workspace.id, 'lockstep-label')
  scope: workspace
  properties: {
    displayName: 'Lockstep: label incidents'
    order: 1
    triggeringLogic: {
      isEnabled: true
      triggersOn: 'Incidents'
      triggersWhen: 'Created'
      conditions: [
        ofLockstep
      ]
    }
    actions: [
      {
        order: 1
        actionType: 'ModifyProperties'
        actionConfiguration: {
          labels: [
            {
              labelName: 'lockstep'
            }
          ]
        }
      }
    ]
  }
}

resource runs 'Microsoft.SecurityInsights/automationRules@2025-09-01' = if (!empty(playbookId)) {
  name: guid(workspace.id, 'lockstep-playbook')
  scope: workspace
  properties: {
    displayName: 'Lockstep: run the playbook on High'
    order: 2
    triggeringLogic: {
      isEnabled: true
      triggersOn: 'Incidents'
      triggersWhen: 'Created'
      conditions: [
        ofLockstep
        {
          conditionType: 'Property'
          conditionProperties: {
            propertyName: 'IncidentSeverity'
            operator: 'Equals'
            propertyValues: [
              'High'
            ]
          }
        }
      ]
    }
    actions: [
      {
        order: 1
        actionType: 'RunPlaybook'
        actionConfiguration: {
          logicAppResourceId: playbookId
          tenantId: subscription().tenantId
        }
      }
    ]
  }
}
