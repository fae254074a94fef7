// The identity link's parts of an API Management service that is there already: the four policy
// fragments, the settings of resource logs that they need and, if a hub for links is named, the
// logger and its role. See docs/identity-link.md.

@description('The API Management service.')
param serviceName string

@description('The Event Hubs namespace with the hub for links; empty if links are traces.')
param linkNamespace string = ''

@description('The hub for links in that namespace, of the same resource group.')
param linkHub string = 'lockstep-links'

var fragments = [
  { name: 'lockstep-link-trace', value: loadTextContent('fragments/lockstep-link-trace.xml') }
  { name: 'lockstep-refused-trace', value: loadTextContent('fragments/lockstep-refused-trace.xml') }
]

var hubFragments = [
  { name: 'lockstep-link-eventhub', value: loadTextContent('fragments/lockstep-link-eventhub.xml') }
  { name: 'lockstep-refused-eventhub', value: loadTextContent('fragments/lockstep-refused-eventhub.xml') }
]

var withHub = !empty(linkNamespace)

// A scope is checked before the condition is, and must not be empty.
var namespaceName = withHub ? linkNamespace : 'none'

// Azure Event Hubs Data Sender
var senderRole = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '2b629674-e913-4c01-ae53-ef4638d8f975')

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: serviceName
}

resource traceFragments 'Microsoft.ApiManagement/service/policyFragments@2024-05-01' = [for fragment in fragments: {
  parent: service
  name: fragment.name
  properties: {
    description: 'Lockstep: identity link'
    format: 'xml'
    value: fragment.value
  }
}]

resource messageFragments 'Microsoft.ApiManagement/service/policyFragments@2024-05-01' = [for fragment in hubFragments: if (withHub) {
  parent: service
  name: fragment.name
  properties: {
    description: 'Lockstep: identity link'
    format: 'xml'
    value: fragment.value
  }
  dependsOn: [
    linkLogger
  ]
}]

resource azureMonitor 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: service
  name: 'azuremonitor'
  properties: {
    loggerType: 'azureMonitor'
    isBuffered: true
  }
}

// An API with settings of its own goes by those: give it the same.
resource resourceLogs 'Microsoft.ApiManagement/service/diagnostics@2024-05-01' = {
  parent: service
  name: 'azuremonitor'
  properties: {
    loggerId: azureMonitor.id
    verbosity: 'information'
    alwaysLog: 'allErrors'
    logClientIp: true
    sampling: {
      samplingType: 'fixed'
      percentage: 100
    }
    frontend: {
      request: {
        headers: [
          'X-Azure-SocketIP'
          'X-Azure-Ref'
          'X-Forwarded-For'
        ]
        body: {
          bytes: 0
        }
      }
      response: {
        headers: []
        body: {
          bytes: 0
        }
      }
    }
    backend: {
      request: {
        headers: []
        body: {
          bytes: 0
        }
      }
      response: {
        headers: []
        body: {
          bytes: 0
        }
      }
    }
  }
}

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' existing = if (withHub) {
  name: namespaceName
}

resource hub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' existing = if (withHub) {
  parent: namespace
  name: linkHub
}

// The service needs a system-assigned identity.
resource mayLog 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (withHub) {
  name: guid(resourceGroup().id, serviceName, namespaceName, linkHub, senderRole)
  scope: hub
  properties: {
    roleDefinitionId: senderRole
    principalId: service.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource linkLogger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = if (withHub) {
  parent: service
  name: 'lockstep'
  properties: {
    loggerType: 'azureEventHub'
    description: 'Lockstep: identity links'
    isBuffered: true
    credentials: {
      endpointAddress: '${linkNamespace}.servicebus.windows.net'
      identityClientId: 'systemAssigned'
      name: linkHub
    }
  }
  dependsOn: [
    mayLog
  ]
}
