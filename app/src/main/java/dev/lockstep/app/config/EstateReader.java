package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Entries;
import dev.lockstep.app.setting.JudgingCommands;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.schemas.text.Guid;
import dev.lockstep.schemas.text.HostName;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the section {@code estate}, with the declaration of its keys. The section names
 * gateways, APIs, privileged operations and key vaults.
 */
final class EstateReader {
  private static final int MOST_NAME_CHARS = 200;
  private static final String GUID_FORM = "a GUID";

  private static final ConfigKey<String> GATEWAY_NAME = name("gateway");
  private static final ConfigKey<String> HOSTS =
      ConfigKey.text(
              "hosts",
              "host name",
              EstateReader::host,
              "The host names of the gateway, public and internal; a port is ignored.")
          .fixIfMissing(
              "give the key hosts or resourceIds, by which Lockstep recognises the gateway's calls")
          .list();
  private static final ConfigKey<String> RESOURCE_IDS =
      ConfigKey.text(
              "resourceIds",
              "`/subscriptions/...`",
              EstateReader::resourceId,
              "The Azure resources that log the gateway's calls; they take precedence over the host"
                  + " names.")
          .list();
  private static final ConfigKey<String> FRONT_DOOR_IDS =
      guid(
              "frontDoorIds",
              "The ids of the Front Door profiles in front of the gateway (X-Azure-FDID); if none"
                  + " is given, the gateway is not behind Front Door.")
          .list();
  private static final ConfigKeys GATEWAYS =
      ConfigKeys.list(
          "gateways", "API gateways.", List.of(GATEWAY_NAME, HOSTS, RESOURCE_IDS, FRONT_DOOR_IDS));

  private static final ConfigKey<String> API_NAME = name("API");
  private static final ConfigKey<String> APP_ID =
      guid("appId", "The application id that users sign in to.")
          .fixIfMissing("set it to the application id of the API");
  private static final ConfigKey<Boolean> REQUIRE_MANAGED_DEVICE =
      ConfigKey.flag(
              "requireManagedDevice",
              "Whether only managed or compliant devices should reach this application.")
          .byDefault("false");
  private static final ConfigKeys APIS =
      ConfigKeys.list(
          "apis",
          "Applications that users sign in to.",
          List.of(API_NAME, APP_ID, REQUIRE_MANAGED_DEVICE));

  private static final ConfigKey<String> PRIVILEGED_NAME = name("entry");
  private static final ConfigKey<String> OPERATIONS =
      ConfigKey.text(
              "operations",
              "operation, in which `*` stands for any characters",
              EstateReader::operation,
              "The names of the operations in AuditLogs and the activity log; the first entry in"
                  + " the file that matches an operation counts.")
          .fixIfMissing("name the operations, such as \"Add member to role*\"")
          .list();
  private static final ConfigKey<String> ROLES =
      ConfigKey.text(
              "roles",
              "The roles, by name or id, whose activation permits the operations; by default any"
                  + " role.")
          .list();
  private static final ConfigKey<String> STANDING =
      guid("standing", "The object ids of users who have the role permanently, without activation.")
          .list();
  private static final ConfigKeys PRIVILEGED =
      ConfigKeys.list(
          "privileged",
          "Operations that users may carry out only while a role is active.",
          List.of(PRIVILEGED_NAME, OPERATIONS, ROLES, STANDING));

  private static final ConfigKey<String> VAULT_NAME = name("vault");
  private static final ConfigKey<String> RESOURCE_ID =
      ConfigKey.text(
          "resourceId",
          "`/subscriptions/...`",
          EstateReader::resourceId,
          "The Azure resource id of the vault; without it Lockstep recognises the vault by its"
              + " name.");
  private static final ConfigKey<Boolean> PRIVATE =
      ConfigKey.flag(
              "private", "Whether the vault should be reached only through private endpoints.")
          .byDefault("false");
  private static final ConfigKeys VAULTS =
      ConfigKeys.list("vaults", "Key vaults.", List.of(VAULT_NAME, RESOURCE_ID, PRIVATE));

  static final ConfigKeys KEYS =
      ConfigKeys.mapping(
              "estate",
              "The gateways, applications, operations and vaults to protect, and their intended"
                  + " use; a rule that needs a part sleeps if that part is missing.",
              List.of())
          .with(List.of(GATEWAYS, APIS, PRIVILEGED, VAULTS))
          .readBy(JudgingCommands.and("doctor"));

  private EstateReader() {}

  static Estate read(Section root, Section.Context context) {
    Section estate = root.section(KEYS);
    return Estate.of(
        gateways(Entries.of(estate, context, GATEWAYS)),
        apis(Entries.of(estate, context, APIS)),
        privileged(Entries.of(estate, context, PRIVILEGED)),
        vaults(Entries.of(estate, context, VAULTS)));
  }

  private static List<Gateway> gateways(List<Entries.Entry> entries) {
    Once names = new Once();
    Once hosts = new Once();
    Once resources = new Once();
    List<Gateway> gateways = new ArrayList<>();
    for (Entries.Entry entry : entries) {
      Section section = entry.section();
      String name = names.name(entry, GATEWAY_NAME);
      Set<String> known = hosts.all(section, HOSTS);
      Set<String> logging = resources.all(section, RESOURCE_IDS);
      if (known.isEmpty() && logging.isEmpty()) {
        throw section.missing(HOSTS);
      }
      gateways.add(new Gateway(name, known, logging, Set.copyOf(section.values(FRONT_DOOR_IDS))));
    }
    return gateways;
  }

  private static List<ProtectedApi> apis(List<Entries.Entry> entries) {
    Once names = new Once();
    Once ids = new Once();
    List<ProtectedApi> apis = new ArrayList<>();
    for (Entries.Entry entry : entries) {
      Section section = entry.section();
      apis.add(
          new ProtectedApi(
              names.name(entry, API_NAME),
              ids.value(section, APP_ID),
              section.value(REQUIRE_MANAGED_DEVICE)));
    }
    return apis;
  }

  private static List<PrivilegedOperations> privileged(List<Entries.Entry> entries) {
    Once names = new Once();
    List<PrivilegedOperations> all = new ArrayList<>();
    for (Entries.Entry entry : entries) {
      Section section = entry.section();
      String name = names.name(entry, PRIVILEGED_NAME);
      List<String> operations = section.values(OPERATIONS);
      if (operations.isEmpty()) {
        throw section.missing(OPERATIONS);
      }
      all.add(
          new PrivilegedOperations(
              name,
              operations,
              Set.copyOf(section.values(ROLES)),
              Set.copyOf(section.values(STANDING))));
    }
    return all;
  }

  private static List<Vault> vaults(List<Entries.Entry> entries) {
    Once names = new Once();
    Once ids = new Once();
    List<Vault> vaults = new ArrayList<>();
    for (Entries.Entry entry : entries) {
      Section section = entry.section();
      String name = names.name(entry, VAULT_NAME);
      String id = section.written(RESOURCE_ID) == null ? null : ids.value(section, RESOURCE_ID);
      ConfigValue written = section.written(VAULT_NAME);
      if (id == null && written != null && !isVaultName(name)) {
        throw misnamed(written, name);
      }
      vaults.add(new Vault(name, id, section.value(PRIVATE)));
    }
    return vaults;
  }

  private static boolean isVaultName(String name) {
    return name.chars().allMatch(c -> c == '-' || (c < 128 && Character.isLetterOrDigit(c)));
  }

  /**
   * Returns the exception about a listed vault that has an impossible name and no resource id. No
   * log would match such a vault. If the name is a URI, a host or a resource id, the fix is to
   * write only the part of that text that is the name of the vault.
   */
  private static OperatorException misnamed(ConfigValue written, String name) {
    int scheme = name.indexOf("://");
    String rest = name.substring(scheme < 0 ? 0 : scheme + 3);
    while (rest.endsWith("/")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    int dot = rest.indexOf('.');
    int slash = rest.indexOf('/');
    boolean isHost = dot > 0 && (slash < 0 || dot < slash);
    String inside = isHost ? rest.substring(0, dot) : rest.substring(rest.lastIndexOf('/') + 1);
    boolean isFound = !inside.isEmpty() && isVaultName(inside);
    return written.bad(
        "is not the name of a vault",
        isFound
            ? "write " + inside
            : "write letters, digits and hyphens, as in payments-kv, or give the resourceId too");
  }

  private static ConfigKey<String> name(String what) {
    return ConfigKey.text(
            "name",
            "text, " + MOST_NAME_CHARS + " characters at most",
            EstateReader::named,
            "A unique name.")
        .fixIfMissing("give the " + what + " a unique name");
  }

  private static String named(ConfigValue setting) {
    String name = setting.text().strip();
    if (name.length() > MOST_NAME_CHARS) {
      throw setting.bad("is too long", "give " + MOST_NAME_CHARS + " characters at most");
    }
    return name;
  }

  private static ConfigKey<String> guid(String name, String sentence) {
    return ConfigKey.text(name, GUID_FORM, EstateReader::guid, sentence);
  }

  private static String guid(ConfigValue setting) {
    String id = setting.text().strip().toLowerCase(Locale.ROOT);
    if (!Guid.isGuid(id)) {
      throw setting.bad(
          "is not a GUID", "give an id such as 11111111-2222-3333-4444-555555555555, not a name");
    }
    if (Guid.isZero(id)) {
      throw setting.bad(
          "is the all-zero GUID, which is no id", "give the real id, or remove the entry");
    }
    return id;
  }

  private static String host(ConfigValue setting) {
    String host = setting.text().strip().toLowerCase(Locale.ROOT);
    int colon = host.lastIndexOf(':');
    if (colon > 0
        && colon < host.length() - 1
        && host.indexOf(':') == colon
        && host.substring(colon + 1).chars().allMatch(c -> c >= '0' && c <= '9')) {
      host = host.substring(0, colon);
    }
    if (!HostName.isLikeName(host)) {
      throw setting.bad(
          "is not a host name",
          "give a name such as api.contoso.com, without scheme, path and asterisk");
    }
    return host;
  }

  private static String resourceId(ConfigValue setting) {
    String id = setting.text().strip().toLowerCase(Locale.ROOT);
    if (!id.startsWith("/") || id.endsWith("/")) {
      throw setting.bad(
          "is not a resource id",
          "give the whole id, from /subscriptions/ to the name of the resource");
    }
    return id;
  }

  private static String operation(ConfigValue setting) {
    String operation = setting.text().strip();
    if (operation.chars().allMatch(c -> c == '*' || Character.isWhitespace(c))) {
      throw setting.bad("matches every operation", "name the operations that need a role");
    }
    return operation;
  }

  /** Set of names, hosts or ids that throws an exception if a value is listed twice. */
  private static final class Once {
    private final Map<String, String> origins = new HashMap<>();

    String name(Entries.Entry entry, ConfigKey<String> key) {
      String name = entry.name(key);
      ConfigValue written = entry.section().written(key);
      return one(name, entry.section(), key, written == null ? null : written.origin());
    }

    String value(Section section, ConfigKey<String> key) {
      String value = section.value(key);
      return one(value, section, key, section.require(key).origin());
    }

    Set<String> all(Section section, ConfigKey<String> key) {
      Set<String> all = new LinkedHashSet<>();
      for (ConfigValue written : section.allWritten(key)) {
        all.add(one(key.read(written), section, key, written.origin()));
      }
      return all;
    }

    private String one(
        String value, Section section, ConfigKey<String> key, @Nullable String written) {
      String origin = written == null ? section.origin() : written;
      String before = origins.putIfAbsent(value.toLowerCase(Locale.ROOT), origin);
      if (before != null) {
        throw OperatorException.inConfig(
            origin,
            "%s %s is listed twice, first at %s"
                .formatted(section.name(key.name()), Quoted.of(value), before),
            "remove one of the two");
      }
      return value;
    }
  }
}
