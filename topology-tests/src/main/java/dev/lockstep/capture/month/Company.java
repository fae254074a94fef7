package dev.lockstep.capture.month;

import dev.lockstep.capture.month.Net.Operator;
import dev.lockstep.capture.record.Dice;
import java.util.ArrayList;
import java.util.List;

/**
 * Networks of the simulated company Northwind and of its clouds and VPNs, with the texts of
 * networks files that describe them. The company has offices on three continents.
 */
final class Company {
  /**
   * Office of the company.
   *
   * @param egress network from which its people reach the internet
   * @param share number of people in a hundred that work there
   */
  record Office(Town town, Net egress, int share) {}

  final MadeUpInternet internet;
  final List<Office> offices = new ArrayList<>();

  /** Egress of the company's VPN for Europe and Asia; America has another. */
  final Net vpnEast;

  final Net vpnWest;
  final Net webApps;
  final Net reporting;
  final Net newTool;
  final Net frontDoor;
  final List<Net> privateVpn = new ArrayList<>();
  final Net inFlight;

  Company(Dice dice) {
    internet = new MadeUpInternet(dice);
    Operator own = internet.operator("Northwind");
    office(own, "Hamburg", "Hamburg", 40);
    office(own, "Munich", "Munich", 20);
    office(own, "London", "London", 15);
    office(own, "Madrid", "Hamburg", 8); // all its traffic goes home first
    office(own, "New York", "New York", 12);
    office(own, "Singapore", "Singapore", 5);
    vpnEast = exact(own, "Hamburg");
    vpnWest = exact(own, "New York");
    Operator cloud = internet.operator("Big Cloud");
    webApps = exact(cloud, "Amsterdam");
    reporting = exact(cloud, "Dublin");
    newTool = exact(internet.operator("Other Cloud"), "Chicago");
    frontDoor = exact(internet.operator("Front Door"), "Dallas");
    Operator vpn = internet.operator("Hidden Harbour VPN");
    for (String town : List.of("Amsterdam", "Zurich", "New York", "London", "Singapore")) {
      privateVpn.add(exact(vpn, town));
    }
    inFlight = exact(internet.operator("Cabin Internet"), "Chicago");
  }

  private void office(Operator own, String town, String egress, int share) {
    offices.add(new Office(Town.named(town), exact(own, egress), share));
  }

  /**
   * Creates an address range for which sign-in records and the city database have the true town.
   */
  private Net exact(Operator operator, String name) {
    Town town = Town.named(name);
    return internet.net(operator, town, town, town, town, 10);
  }

  /** Returns the text of a networks file, as an operator writes it after a week of findings. */
  String networks() {
    StringBuilder rows = new StringBuilder();
    rows.append("cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation\n");
    for (Office office : offices) {
      rows.append(office.egress.row("corporate", 10, "Northwind " + office.town.name()));
    }
    rows.append(vpnEast.row("corporate", 10, "Northwind VPN east"));
    rows.append(vpnWest.row("corporate", 10, "Northwind VPN west"));
    rows.append(webApps.row("backend", 10, "Northwind web apps"));
    rows.append(reporting.row("backend", 10, "Reporting service"));
    rows.append(frontDoor.row("trusted-proxy", 10, "Front door"));
    Town.ALL.stream()
        .map(Town::country)
        .distinct()
        .flatMap(country -> internet.carriers(country).stream())
        .map(gateways -> gateways.get(0).operator())
        .forEach(
            carrier ->
                rows.append("AS%d,mobile,,,,,,,%s\n".formatted(carrier.asn(), carrier.name())));
    // The bundled list knows the world's large clouds, VPNs and satellite carriers, such as those
    // of in-flight networks. The made-up ones have to be listed here.
    named(rows, webApps.operator(), "hosting");
    named(rows, newTool.operator(), "hosting");
    named(rows, privateVpn.get(0).operator(), "vpn");
    named(rows, inFlight.operator(), "satellite");
    return rows.toString();
  }

  /**
   * Returns the text of a networks file for networks whose location says nothing about their users:
   * carriers, a private VPN and in-flight networks.
   */
  String withoutPlaces() {
    StringBuilder rows = new StringBuilder("cidr,country,accuracyKm\n");
    networks()
        .lines()
        .filter(row -> row.startsWith("AS") && !row.contains(",hosting,"))
        .forEach(row -> rows.append(row, 0, row.indexOf(',')).append(",ZZ,20040\n"));
    return rows.toString();
  }

  private static void named(StringBuilder rows, Operator operator, String kind) {
    rows.append("AS%d,%s,,,,,,,%s\n".formatted(operator.asn(), kind, operator.name()));
  }

  /**
   * Returns a second networks file, with what an operator learns only after the first week. It has
   * the place of each range, the ranges whose users may be anywhere, and the range of the new tool.
   */
  String everythingKnown() {
    StringBuilder rows = new StringBuilder();
    rows.append("cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation\n");
    internet.rows(rows, privateVpn.get(0).operator(), inFlight.operator(), newTool);
    return rows.toString();
  }
}
