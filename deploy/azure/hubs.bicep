// What Lockstep reads from: an Event Hubs namespace with a hub for each log, the identity that reads them and, for
// AMQP, a container where instances agree. See docs/azure.md.

@description('Name of the namespace, unique in Azure: NAME.servicebus.windows.net.')
@minLength(6)
@maxLength(50)
param namespaceName string

@description('The region.')
param location string = resourceGroup().location

@description('The tier. Basic has no Kafka endpoint and one day of retention.')
@allowed([
  'Standard'
  'Premium'
])
param tier string = 'Standard'

@description('Throughput units of Standard (1 MB or 1,000 events a second in each), or processing units of Premium.')
@minValue(1)
@maxValue(40)
param capacity int = 1

@description('Throughput units that Standard may grow to by itself; 0: it does not grow.')
@minValue(0)
@maxValue(40)
param mostCapacity int = 4

@description('The hubs. Standard has room for 10. Leave out what you do not send; what several settings write to is named in each of them.')
param hubs array = [
  'insights-logs-signinlogs'
  'insights-logs-noninteractiveusersigninlogs'
  'insights-logs-serviceprincipalsigninlogs'
  'insights-logs-managedidentitysigninlogs'
  'insights-logs-microsoftgraphactivitylogs'
  'insights-logs-gatewaylogs'
  'insights-logs-frontdooraccesslog'
  'lockstep-links'
  'lockstep-defender-cloud'
  'lockstep-defender-xdr'
]

@description('Partitions of each hub: as many instances can read one at once. Standard cannot change them later.')
@minValue(1)
@maxValue(32)
param partitions int = 4

@description('Hours that a hub keeps what it got: a week outlives a long weekend without Lockstep.')
@minValue(24)
@maxValue(168)
param retentionHours int = 168

@description('Addresses that may reach the namespace, each as { ipMask: \'203.0.113.0/24\', action: \'Allow\' }. Empty: all. Azure Monitor and Defender come in as trusted services.')
param ipRules array = []

@description('Name of the managed identity that Lockstep runs as; it is made.')
param identityName string = 'lockstep'

@description('Name of a storage account for the checkpoints of AMQP sources; empty: none, which is right for Kafka sources.')
param checkpointAccount string = ''

var withCheckpoints = !empty(checkpointAccount)

// A name is checked before the condition is, and must not be empty.
var storageName = withCheckpoints ? checkpointAccount : 'none'

// Azure Event Hubs Data Receiver
var receiverRole = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde')

// Storage Blob Data Contributor
var blobRole = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: namespaceName
  location: location
  sku: {
    name: tier
    tier: tier
    capacity: capacity
  }
  properties: {
    minimumTlsVersion: '1.2'
    // Diagnostic settings and Defender for Cloud write by shared access policies.
    disableLocalAuth: false
    isAutoInflateEnabled: tier == 'Standard' ? mostCapacity > capacity : false
    maximumThroughputUnits: tier == 'Standard' ? (mostCapacity > capacity ? mostCapacity : 0) : 0
    publicNetworkAccess: 'Enabled'
  }
}

resource network 'Microsoft.EventHub/namespaces/networkRuleSets@2024-01-01' = if (!empty(ipRules)) {
  parent: namespace
  name: 'default'
  properties: {
    defaultAction: 'Deny'
    trustedServiceAccessEnabled: true
    publicNetworkAccess: 'Enabled'
    ipRules: ipRules
  }
}

resource eventHubs 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = [for hub in hubs: {
  parent: namespace
  name: hub
  properties: {
    partitionCount: partitions
    retentionDescription: {
      cleanupPolicy: 'Delete'
      retentionTimeInHours: retentionHours
    }
  }
}]

// For AMQP sources: consumerGroup: lockstep. Groups of Kafka make themselves.
resource consumerGroups 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = [for hub in hubs: {
  name: '${namespaceName}/${hub}/lockstep'
  properties: {}
  dependsOn: [
    eventHubs
  ]
}]

// Diagnostic settings ask for all three rights. Nobody else uses it.
resource diagnosticsRule 'Microsoft.EventHub/namespaces/authorizationRules@2024-01-01' = {
  parent: namespace
  name: 'lockstep-diagnostics'
  properties: {
    rights: [
      'Manage'
      'Send'
      'Listen'
    ]
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: location
}

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace.id, identity.id, receiverRole)
  scope: namespace
  properties: {
    roleDefinitionId: receiverRole
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = if (withCheckpoints) {
  name: storageName
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = if (withCheckpoints) {
  parent: storage
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = if (withCheckpoints) {
  parent: blobs
  name: 'lockstep'
  properties: {
    publicAccess: 'None'
  }
}

resource mayCheckpoint 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (withCheckpoints) {
  name: guid(container.id, identity.id, blobRole)
  scope: container
  properties: {
    roleDefinitionId: blobRole
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

output namespaceHost string = '${namespaceName}.servicebus.windows.net'
output diagnosticsRuleId string = diagnosticsRule.id
output identityId string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
output checkpoints string = withCheckpoints ? 'https://${checkpointAccount}.blob.${environment().suffixes.storage}/lockstep' : ''
