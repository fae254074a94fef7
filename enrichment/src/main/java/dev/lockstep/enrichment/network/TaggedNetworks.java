package dev.lockstep.enrichment.network;

import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.address.RangeMap;
import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.schemas.text.Quoted;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of a networks file made from Azure's service tags, each range once, sorted by address. */
public final class TaggedNetworks {

  /**
   * Start of the first line of a networks file that {@code networks import} wrote and may
   * overwrite.
   */
  public static final String MARK = "# Written by lockstep networks import";

  private static final List<NetworkClass> RANK =
      List.of(
          NetworkClass.TRUSTED_PROXY,
          NetworkClass.BACKEND,
          NetworkClass.CORPORATE,
          NetworkClass.VPN,
          NetworkClass.SATELLITE,
          NetworkClass.MOBILE,
          NetworkClass.RESIDENTIAL,
          NetworkClass.HOSTING,
          NetworkClass.UNKNOWN);

  /**
   * Order of the service tags of one range: the last tag gives the range its network class and
   * name. Tags that the operator chose come after all others, then tags whose class is earlier in
   * {@link #RANK}, then longer names.
   */
  private static final Comparator<Candidate> BEST =
      Comparator.comparing(Candidate::chosen)
          .thenComparing(candidate -> -RANK.indexOf(candidate.networkClass()))
          .thenComparing(candidate -> candidate.tag().length())
          .thenComparing(Candidate::tag, Comparator.reverseOrder());

  private final ServiceTags tags;
  private final List<Row> rows;
  private final List<String> unreadable;

  /**
   * Row of a networks file for one range of a service tag.
   *
   * @param cidr range in canonical form
   * @param tag service tag of the range
   */
  public record Row(String cidr, NetworkClass networkClass, String tag) {}

  /**
   * Range with one of its service tags. Of all candidates of a range, the last by {@link #BEST}
   * becomes a row.
   */
  private record Candidate(
      IPAddress range, NetworkClass networkClass, String tag, boolean chosen) {}

  private TaggedNetworks(ServiceTags tags, List<Row> rows, List<String> unreadable) {
    this.tags = tags;
    this.rows = List.copyOf(rows);
    this.unreadable = List.copyOf(unreadable);
  }

  static TaggedNetworks of(ServiceTags tags, TagClasses classes) {
    Map<IPAddress, Candidate> best = new HashMap<>();
    List<String> unreadable = new ArrayList<>();
    for (ServiceTags.Tag tag : tags.tags()) {
      TagClasses.Entry entry = classes.of(tag.name());
      NetworkClass networkClass = entry == null ? null : entry.networkClass();
      if (entry == null || networkClass == null) {
        continue;
      }
      for (String prefix : tag.prefixes()) {
        IPAddress range = Cidr.parse(prefix).range();
        if (range == null) {
          unreadable.add(tag.name() + " " + Wording.quote(prefix));
          continue;
        }
        Candidate candidate = new Candidate(range, networkClass, tag.name(), entry.chosen());
        best.merge(range, candidate, (one, other) -> BEST.compare(one, other) >= 0 ? one : other);
      }
    }
    List<Row> rows =
        best.values().stream()
            .sorted(Comparator.comparing(Candidate::range, TaggedNetworks::inOrder))
            .map(row -> new Row(row.range().toCanonicalString(), row.networkClass(), row.tag()))
            .toList();
    return new TaggedNetworks(tags, rows, unreadable);
  }

  private static int inOrder(IPAddress one, IPAddress other) {
    if (one.isIPv4() != other.isIPv4()) {
      return one.isIPv4() ? -1 : 1;
    }
    int byFirst = one.getLower().getValue().compareTo(other.getLower().getValue());
    return byFirst != 0 ? byFirst : Integer.compare(RangeMap.length(one), RangeMap.length(other));
  }

  /** Returns every row, IPv4 first, by address. */
  public List<Row> all() {
    return rows;
  }

  /**
   * Returns every unreadable range of a service tag, in quotes after the name of the tag. Tags
   * without a network class are left out.
   */
  public List<String> unreadable() {
    return unreadable;
  }

  /** Returns the text of a networks file that has these rows alone, with its header lines. */
  public String text() {
    StringBuilder text = new StringBuilder(rows.size() * 64);
    text.append(MARK).append("; put rows of your own into another file\n");
    text.append("# Azure service tags, cloud ").append(cell(tags.cloud()));
    text.append(", change number ").append(tags.changeNumber()).append('\n');
    text.append("cidr,class,organisation\n");
    for (Row row : rows) {
      text.append(row.cidr()).append(',').append(row.networkClass().word());
      text.append(",Microsoft ").append(cell(row.tag())).append('\n');
    }
    return text.toString();
  }

  /**
   * Returns a name without characters that would need quotes in the networks file, cut to 100
   * characters. Names come from outside.
   */
  private static String cell(String name) {
    StringBuilder cell = new StringBuilder();
    name.codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_' || c == ' ')
        .filter(c -> !Quoted.isHidden(c))
        .limit(100)
        .forEach(cell::appendCodePoint);
    return cell.toString();
  }
}
