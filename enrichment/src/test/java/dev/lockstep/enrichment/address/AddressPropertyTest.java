package dev.lockstep.enrichment.address;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

final class AddressPropertyTest {

  @Property(tries = 1000, seed = "20261101")
  void parse_neverThrows(@ForAll String text) {
    holdsForAnyText(text);
  }

  @Property(tries = 2000, seed = "20261102")
  void parse_neverThrows_onWhatLooksLikeAnAddress(@ForAll("alike") String text) {
    holdsForAnyText(text);
  }

  private static void holdsForAnyText(String text) {
    Address address = Address.parse(text);
    if (address != null) {
      assertThat(Address.parse(address.text())).isEqualTo(address);
      assertThat(Address.parse(address.prefix())).isNull();
    }
  }

  @Property(tries = 5000, seed = "20261128")
  void parse_takesWhatTheLibraryTakes_ofFourNumbers(@ForAll("quads") String text) {
    IPAddress expected = Address.strict(text);
    Address address = Address.parse(text);
    if (expected == null) {
      assertThat(address).isNull();
    } else {
      assertThat(address).isNotNull();
      assertThat(address.text()).isEqualTo(expected.toCanonicalString());
      assertThat(address.toBytes()).isEqualTo(expected.getBytes());
    }
  }

  @Provide
  Arbitrary<String> quads() {
    Arbitrary<String> number = Arbitraries.integers().between(0, 300).map(String::valueOf);
    Arbitrary<String> odd =
        Arbitraries.of("", "00", "01", "256", "255", "1000", "x", "\u0661", " ");
    return Arbitraries.frequencyOf(Tuple.of(12, number), Tuple.of(1, odd))
        .list()
        .ofMinSize(3)
        .ofMaxSize(5)
        .map(parts -> String.join(".", parts));
  }

  @Provide
  Arbitrary<String> alike() {
    Arbitrary<String> digits =
        Arbitraries.strings().withChars("0123456789abcdefFx:.%[]/-* ").ofMaxLength(24);
    Arbitrary<String> parts =
        Arbitraries.of("1", "0", "255", "256", "00", ".", ":", "::", "ffff", "[", "]", "%1", "/");
    return Arbitraries.oneOf(digits, parts.list().ofMaxSize(14).map(l -> String.join("", l)));
  }

  @Property(tries = 1000, seed = "20261103")
  void text_isCanonical_forAnyBytes(@ForAll("bytes") byte[] bytes) throws UnknownHostException {
    InetAddress expected = InetAddress.getByAddress(bytes);
    Address address = TestAddress.of(expected.getHostAddress());
    assertThat(address.inetAddress()).isEqualTo(expected);
    assertThat(Address.parse(address.text())).isEqualTo(address);
    if (expected instanceof Inet6Address) {
      assertThat(Address.parse("[" + address.text() + "]:443")).isEqualTo(address);
    } else {
      assertThat(Address.parse(address.text() + ":443")).isEqualTo(address);
      assertThat(Address.parse("::ffff:" + address.text())).isEqualTo(address);
    }
  }

  @Provide
  Arbitrary<byte[]> bytes() {
    Arbitrary<Byte> any = Arbitraries.oneOf(Arbitraries.just((byte) 0), Arbitraries.bytes());
    return Arbitraries.oneOf(any.array(byte[].class).ofSize(4), any.array(byte[].class).ofSize(16));
  }

  @Property(tries = 500, seed = "20261104")
  void longestRangeWins(
      @ForAll("ranges") @Size(max = 12) List<IPAddress> ranges, @ForAll("close") Address address) {
    RangeMap<IPAddress> map = new RangeMap<>();
    for (IPAddress range : ranges) {
      map.put(range, range);
    }
    IPAddress longest = map.longest(address);
    assertThat(longest).isEqualTo(bruteForce(ranges, address));
  }

  private static @Nullable IPAddress bruteForce(List<IPAddress> ranges, Address address) {
    IPAddress longest = null;
    int bits = -1;
    for (IPAddress range : ranges) {
      Integer prefix = range.getNetworkPrefixLength();
      int length = prefix == null ? range.getBitCount() : prefix;
      if (range.contains(address.value()) && length > bits) {
        longest = range;
        bits = length;
      }
    }
    return longest;
  }

  /** Few different bits, so that ranges nest and addresses fall into them. */
  @Provide
  Arbitrary<Address> close() {
    Arbitrary<String> octet = Arbitraries.of("0", "1", "128", "255");
    Arbitrary<String> group = Arbitraries.of("0", "1", "8000", "ffff");
    return Arbitraries.oneOf(
        octet.list().ofSize(4).map(octets -> TestAddress.of(String.join(".", octets))),
        group.list().ofSize(8).map(groups -> TestAddress.of(String.join(":", groups))));
  }

  @Provide
  Arbitrary<List<IPAddress>> ranges() {
    return Combinators.combine(close(), Arbitraries.integers().between(0, 128))
        .as(
            (address, bits) -> {
              IPAddress value = address.value();
              return bits >= value.getBitCount() ? value : value.toPrefixBlock(bits);
            })
        .list();
  }
}
