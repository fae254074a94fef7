package dev.lockstep.capture.demo;

import dev.lockstep.capture.record.Account;

/** Networks file, partner registry and configuration of the demo's capture. */
final class NetworkFiles {
  static final String ADATUM_APP = "3b0d9c5e-74a1-4a5f-9f0e-2b6c8d7e9a10";

  /** Id of the Front Door profile in front of the shop's gateway. */
  static final String FRONT_DOOR_ID = "4d7c1e90-5b2a-4f38-9c61-0a8e3f7b2d15";

  /** Application id of the payments API. Users may call this API only from managed devices. */
  static final String PAYMENTS_API = "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c77e0";

  /** Application id of the reporting API. Users may call this API from any device. */
  static final String REPORTS_API = "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c77e1";

  private static final String CONFIG =
      """
      networks: networks.csv
      partners: partners.yaml
      estate:
        gateways:
          - name: northwind-apim
            hosts: [api.northwindtraders.example, northwind-apim.azure-api.example]
            resourceIds:
              - /subscriptions/2e5b8f3a-6c1d-4e7f-8a90-b1c2d3e4f506/resourceGroups/northwind-edge/providers/Microsoft.ApiManagement/service/northwind-apim
          - name: northwind-shop
            hosts: [shop.northwindtraders.example]
            resourceIds:
              - /subscriptions/2e5b8f3a-6c1d-4e7f-8a90-b1c2d3e4f506/resourceGroups/northwind-edge/providers/Microsoft.ApiManagement/service/northwind-shop
            frontDoorIds: [%s]
        apis:
          - {name: payments, appId: %s, requireManagedDevice: true}
          - {name: reports, appId: %s}
        privileged:
          - name: role-assignment
            operations: [Add member to role, Microsoft.Authorization/roleAssignments/write]
            standing: [%s]
          - name: application-secrets
            operations: ["Update application*Certificates and secrets management*"]
            roles: [Application Administrator]
        vaults:
          - {name: payments-kv, private: true}
          - {name: ledger-kv, private: true}
          - {name: billing-kv, private: true}
      """;

  static String config(Account standing) {
    return CONFIG.formatted(FRONT_DOOR_ID, PAYMENTS_API, REPORTS_API, standing.id());
  }

  static final String NETWORKS =
      """
      cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
      203.0.113.0/24,corporate,DE,Hamburg,53.5503,10.0006,5,64500,Northwind head office
      192.0.2.0/24,backend,NL,Amsterdam,52.374,4.8897,25,64501,Northwind web apps
      198.19.250.0/24,trusted-proxy,,,,,,64502,Front door
      2001:db8:fd::/48,trusted-proxy,,,,,,64502,Front door
      AS64508,vpn,,,,,,,Hidden Harbour VPN
      AS64509,satellite,,,,,,,Low Orbit Internet
      AS64510,mobile,,,,,,,Hanse Mobil
      AS64511,hosting,,,,,,,Rack and Rent
      AS64512,mobile,,,,,,,Roaming Partner
      198.18.0.0/22,residential,DE,Hamburg,53.5511,9.9937,25,64496,Elbe Broadband
      2001:db8:1000::/36,residential,DE,Hamburg,53.5511,9.9937,25,64496,Elbe Broadband
      198.18.4.0/22,residential,DE,Munich,48.1371,11.5754,25,64497,Isar Kabel
      198.18.8.0/22,mobile,DE,,,,,64510,Hanse Mobil
      198.18.120.0/24,,SG,Singapore,1.2897,103.8501,25,65536,Straits Telecom
      198.18.121.0/24,vpn,US,New York,40.7143,-74.006,25,64508,Hidden Harbour VPN
      198.18.130.0/24,,ES,Madrid,40.4168,-3.7038,1400,65549,Meseta Telecom
      198.19.0.0/24,residential,DE,,,,,64499,Weser Net
      198.19.1.0/24,,DE,,,,,64498,Alster Fibre
      198.19.2.0/24,,AT,,,,,64498,Alster Fibre
      198.19.3.0/24,,DE,,,,,64511,
      198.19.4.0/24,,RO,,,,,65543,Carpathian Online
      198.19.5.0/24,vpn,DE,,,,,64508,Hidden Harbour VPN
      198.19.6.0/24,,PL,,,,,,
      198.19.7.0/24,,DE,,,,,,
      198.19.9.0/24,,,,,,,64508,
      198.19.10.0/24,,,,,,,65544,Nowhere in Particular
      198.51.100.0/24,,DE,,,,,64503,Fabrikam data centre
      2001:db8:51::/48,,DE,,,,,64503,Fabrikam data centre
      2001:db8:52::/48,,DE,,,,,64503,Fabrikam data centre
      198.19.20.0/24,,DE,,,,,64514,Spree Networks
      198.19.21.0/24,,FR,,,,,64515,Loire Networks
      198.19.30.0/24,,NL,,,,,64504,Tailspin cloud
      198.19.29.0/24,,BE,,,,,64505,Tailspin office
      198.19.31.0/24,,RO,,,,,65543,Carpathian Online
      198.19.32.0/24,,FR,,,,,64504,Tailspin cloud
      198.19.33.0/24,,NL,,,,,64511,
      198.19.34.0/24,vpn,NL,,,,,64508,Hidden Harbour VPN
      198.19.35.0/24,hosting,US,,,,,64511,Rack and Rent
      198.19.36.0/24,,NL,,,,,64516,Polder Glas
      198.19.37.0/24,,NL,,,,,64517,Maas Kabel
      198.19.38.0/24,,,,,,,64518,Everywhere Online
      198.19.39.0/24,,NL,,,,,,
      198.19.41.0/24,,NL,,,,,64519,Waddenzee Online
      198.19.42.0/24,,NL,,,,,64533,Schelde Net
      198.19.50.0/24,,SE,,,,,64506,Adatum cloud
      198.19.51.0/24,,NO,,,,,64521,Fjell Nett
      198.19.52.0/24,,SE,,,,,64522,Skog Fiber
      198.19.53.0/24,,SE,,,,,64523,Vatten Bredband
      198.19.54.0/24,,NO,,,,,64520,Adatum standby
      198.19.55.0/24,,FR,,,,,64507,Litware cloud
      198.19.60.0/24,,FI,,,,,64525,Woodgrove data centre
      198.19.61.0/24,,FI,,,,,64526,Woodgrove new data centre
      198.19.62.0/24,,FI,,,,,64527,Saimaa Verkko
      198.19.63.0/24,,EE,,,,,64528,Woodgrove standby
      198.19.64.0/24,,LV,,,,,64529,Daugava Tele
      198.19.65.0/24,hosting,FI,,,,,64511,Rack and Rent
      198.19.66.0/24,,FI,,,,,64530,Woodgrove branch
      198.19.67.0/24,,PT,,,,,64531,Woodgrove mobile team
      198.19.68.0/24,,LT,,,,,64532,Nemunas Tele
      """;

  static final String PARTNERS =
      """
      partners:
        - id: fabrikam
          name: Fabrikam Freight
          subscriptions: [fabrikam-prod]
          products: []
          apps: []
          cidrs: [198.51.100.0/25, "2001:db8:51::/48"]
        - id: tailspin
          name: Tailspin Toys
          subscriptions: []
          products: [tailspin-orders]
          apps: []
          cidrs: []
        - id: adatum
          name: Adatum Analytics
          subscriptions: []
          products: []
          apps: [3b0d9c5e-74a1-4a5f-9f0e-2b6c8d7e9a10]
          cidrs: []
          changeWindows:
            - {from: 2026-11-03T03:00:00Z, to: 2026-11-03T04:00:00Z, note: release}
            - {from: 2026-11-06T03:00:00Z, to: 2026-11-06T04:00:00Z, note: release}
            - {from: 2026-11-09T03:00:00Z, to: 2026-11-09T04:00:00Z, note: release}
            - {from: 2026-11-12T03:00:00Z, to: 2026-11-12T04:00:00Z, note: release}
            - {from: 2026-11-15T03:00:00Z, to: 2026-11-15T04:00:00Z, note: release}
        - id: litware
          name: Litware
          subscriptions: [litware-test]
          products: []
          apps: []
          cidrs: []
          networks: [AS64507/FR]
        - id: woodgrove
          name: Woodgrove Bank
          subscriptions: [woodgrove-live]
          products: []
          apps: []
          cidrs: []
          networks: [AS64530/FI, AS64531]
          changeWindows:
            - {from: 2026-11-16T06:00:00Z, to: 2026-11-16T18:00:00Z, note: data centre move}
      """;

  private NetworkFiles() {}
}
