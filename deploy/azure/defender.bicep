// The alerts of Defender for Cloud, of the subscription of the hubs, to one of them: deploy it into the resource group of
// the namespace. Other subscriptions, and Defender XDR, by the portal: see docs/azure.md.

@description('The namespace of hubs.bicep.')
param namespaceName string

@description('The hub.')
param hub string = 'lockstep-defender-cloud'

@description('The region.')
param location string = resourceGroup().location

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource eventHub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' existing = {
  parent: namespace
  name: hub
}

resource sender 'Microsoft.EventHub/namespaces/eventhubs/authorizationRules@2024-01-01' = {
  parent: eventHub
  name: 'defender-for-cloud'
  properties: {
    rights: [
      'Send'
    ]
  }
}

resource export 'Microsoft.Security/automations@2019-01-01-preview' = {
  name: 'lockstep'
  location: location
  properties: {
    description: 'Security alerts to Lockstep'
    isEnabled: true
    scopes: [
      {
        description: 'This subscription'
        scopePath: subscription().id
      }
    ]
    sources: [
      {
        eventSource: 'Alerts'
        ruleSets: []
      }
    ]
    actions: [
      {
        actionType: 'EventHub'
        eventHubResourceId: eventHub.id
        connectionString: sender.listKeys().primaryConnectionString
      }
    ]
  }
}
