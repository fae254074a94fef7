package dev.lockstep.enrichment.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {

  @ParameterizedTest
  @CsvSource({
    "81.2.69.142, 81.2.69.142",
    "'  81.2.69.142\t', 81.2.69.142",
    "81.2.69.142:80, 81.2.69.142",
    "81.2.69.142:65535, 81.2.69.142",
    "[81.2.69.142]:80, 81.2.69.142",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "2001:0db8::0001, 2001:db8::1",
    "[2001:db8::1], 2001:db8::1",
    "[2001:db8::1]:443, 2001:db8::1",
    "fe80::1%eth0, fe80::1",
    "[fe80::1%25eth0]:443, fe80::1",
    "::, ::",
    "::1, ::1",
    "::ffff:81.2.69.142, 81.2.69.142",
    "::FFFF:5102:458E, 81.2.69.142",
    "[::ffff:81.2.69.142]:80, 81.2.69.142",
    "64:ff9b::81.2.69.142, 64:ff9b::5102:458e",
  })
  void reads_whatNamesAnAddress(String text, String canonical) {
    assertThat(Address.parse(text)).hasToString(canonical);
  }

  /** RFC 5952, section 4: what a canonical text shortens and what it does not. */
  @ParameterizedTest
  @CsvSource({
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "1:0:0:0:0:0:0:0, 1::",
  })
  void writes_ipv6AsTheStandardDoes(String text, String canonical) {
    assertThat(Address.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "<null>",
        "null",
        "unknown",
        "localhost",
        "proxy.contoso.com",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4/24",
        "1.2.3.4/255.255.255.0",
        "2001:db8::/32",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.08",
        "0x1.2.3.4",
        "0x01020304",
        "16909060",
        "1.2.3.*",
        "1.2.3.1-5",
        "*",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "1.2.3.4:http",
        "1.2.3.4:80:80",
        "1.2.3.4, 5.6.7.8",
        "1.2.3.4%eth0",
        "1.2.3.4 5",
        "[::1",
        "::1]",
        "[::1]x",
        "[::1]:",
        "[::1]:99999",
        "[]",
        "[[::1]]",
        "fe80::1%",
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "12345::",
        "g::1",
        "::ffff:1.2.3",
        "::ffff:01.2.3.4",
        "::ffff:1.2.3.4:80",
        "1.2.3.4::",
        "１.２.３.４",
        "2001-db8--1.ipv6-literal.net",
        "contoso-subscription",
      })
  void isNoAddress_whatNamesNone(String text) {
    assertThat(Address.parse(text)).isNull();
  }

  @Test
  void isNoAddress_whatIsTooLong() {
    assertThat(Address.parse(" ".repeat(200) + "1.2.3.4")).isNull();
  }

  @Test
  void isEqual_howeverItWasWritten() {
    Address mapped = TestAddress.of("::ffff:81.2.69.142");
    Address plain = TestAddress.of("81.2.69.142:443");
    assertThat(mapped).isEqualTo(plain).hasSameHashCodeAs(plain);
    assertThat(mapped).isEqualByComparingTo(plain);
    assertThat(mapped).isNotEqualTo(TestAddress.of("81.2.69.143"));
  }

  @Test
  void sorts_byNumber_ipv4First() {
    assertThat(TestAddress.of("9.0.0.1")).isLessThan(TestAddress.of("10.0.0.1"));
    assertThat(TestAddress.of("255.0.0.1")).isLessThan(TestAddress.of("::1"));
    assertThat(TestAddress.of("2001:db8::9")).isLessThan(TestAddress.of("2001:db8::10"));
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.77, 203.0.113.0/24",
    "255.255.255.255, 255.255.255.0/24",
    "0.0.0.1, 0.0.0.0/24",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1::/48",
    "2001:db8::1, 2001:db8::/48",
    "::1, ::/48",
  })
  void has_thePrefixOfItsNetwork(String text, String prefix) {
    assertThat(TestAddress.of(text).prefix()).isEqualTo(prefix);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "169.254.1.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::81.2.69.142",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "3fff:fff::1",
        "::ffff:10.0.0.1",
      })
  void isSpecial_whatLiesNowhere(String text) {
    assertThat(TestAddress.of(text).special()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "81.2.69.142",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.3.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2a02:cf40::1",
        "2001:db9::1",
        "2001:4860:4860::8888",
        "3fff:1000::1",
        "64:ff9b::81.2.69.142",
      })
  void isNotSpecial_whatIsPublic(String text) {
    assertThat(TestAddress.of(text).special()).isFalse();
  }
}
