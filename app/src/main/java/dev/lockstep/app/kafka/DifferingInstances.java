package dev.lockstep.app.kafka;

import java.util.Collection;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.MemberDescription;
import org.jspecify.annotations.Nullable;

/**
 * Warning about instances in a consumer group with other settings than this instance. Each instance
 * writes a hash of its settings into the client ids of its group members, and the hashes are
 * compared.
 */
final class DifferingInstances {
  private DifferingInstances() {}

  /**
   * Returns a warning that names the hosts of instances with other settings than this instance, or
   * null if there are no such instances. A member without a hash in its client id does not count.
   *
   * @param members members of the consumer group
   * @param mark hash of this instance's settings, as it is in its client ids
   */
  static @Nullable String warning(Collection<MemberDescription> members, String mark) {
    TreeSet<String> hosts = new TreeSet<>();
    for (MemberDescription member : members) {
      String other = mark(member.clientId(), mark);
      if (other != null && !other.equals(mark)) {
        String host = member.host();
        hosts.add(host.startsWith("/") ? host.substring(1) : host);
      }
    }
    return hosts.isEmpty()
        ? null
        : "detect: the %s %s other settings than this one, in rules, estate, networks, geoip, partners, exceptions, or the key \"brings\" of a source, so findings may differ or be missing; give all instances the same configuration and files, and restart each instance whose configuration or files you changed"
            .formatted(
                (hosts.size() == 1 ? "instance at " : "instances at ") + String.join(", ", hosts),
                hosts.size() == 1 ? "has" : "have");
  }

  /**
   * Returns the hash of settings that a client id contains, or null if it contains none. The hash
   * begins with the same word as this instance's hash {@code own}, and has the same length.
   */
  private static @Nullable String mark(String clientId, String own) {
    String word = own.substring(0, own.indexOf('-') + 1);
    int at = clientId.lastIndexOf(word); // a topic prefix may contain the word
    int end = at + own.length();
    return at < 0 || end > clientId.length() ? null : clientId.substring(at, end);
  }
}
