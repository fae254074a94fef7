package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Configuration keys of an Entra identity, which are the same for hubs, blob containers and
 * Sentinel.
 */
record IdentityKeys(
    ConfigKey<String> tenantId, ConfigKey<String> clientId, ConfigKey<Secret> clientSecret) {

  /**
   * Declares the configuration keys of an Entra identity for one section.
   *
   * @param owners types of entry that may have the keys; empty if all may
   */
  static IdentityKeys of(String... owners) {
    return new IdentityKeys(
        ConfigKey.text("tenantId", "The id of the Entra tenant (directory) of the application.")
            .fixIfMissing("set it to the id of the application's Entra tenant")
            .only(owners),
        ConfigKey.text(
                "clientId", "The client id of the application, or of a user-assigned identity.")
            .fixIfMissing("set it to the client id of the application")
            .only(owners),
        ConfigKey.secret(
                "clientSecret",
                "The client secret of the application; only for `auth: client-secret`.")
            .fixIfMissing(ConfigReader.SECRET_FIX)
            .only(owners));
  }

  List<ConfigKey<?>> all() {
    return List.of(tenantId, clientId, clientSecret);
  }

  /**
   * Returns the Entra identity that a section of the configuration describes. With {@link
   * Config.Auth#CLIENT_SECRET}, the identity has tenant, client and secret.
   */
  Config.Credentials read(Section section, Config.Auth auth) {
    boolean all = auth == Config.Auth.CLIENT_SECRET;
    boolean some = all || auth == Config.Auth.WORKLOAD_IDENTITY;
    refuseUnless(all, section.written(clientSecret), auth);
    refuseUnless(some, section.written(tenantId), auth);
    refuseUnless(some || auth == Config.Auth.MANAGED_IDENTITY, section.written(clientId), auth);
    return all
        ? new Config.Credentials(
            section.value(tenantId), section.value(clientId), section.value(clientSecret))
        : new Config.Credentials(section.optional(tenantId), section.optional(clientId), null);
  }

  static void refuseUnless(boolean fits, @Nullable ConfigValue setting, Config.Auth auth) {
    if (!fits && setting != null) {
      throw OperatorException.inConfig(
          setting.origin(),
          setting.key() + " cannot be set with auth " + auth.word(),
          "remove it, or change auth");
    }
  }
}
