package dev.lockstep.app.config;

import dev.lockstep.app.setting.CheckedValue;
import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys of an Entra identity, which hubs, containers of blobs and Sentinel have alike. */
record IdentityKeys(
    ConfigKey<String> tenantId, ConfigKey<String> clientId, ConfigKey<Secret> clientSecret) {

  /**
   * Declares the keys.
   *
   * @param owners types of entry that have them; none if all have
   */
  static IdentityKeys of(String... owners) {
    return new IdentityKeys(
        ConfigKey.text("tenantId", "The directory of the application.")
            .required("set it to the directory of the application")
            .only(owners),
        ConfigKey.text("clientId", "The application, or the identity that a user assigned.")
            .required("set it to the application's id")
            .only(owners),
        ConfigKey.secret("clientSecret", "The application's secret, for `client-secret` only.")
            .required(ConfigReader.SECRET_FIX)
            .only(owners));
  }

  List<ConfigKey<?>> all() {
    return List.of(tenantId, clientId, clientSecret);
  }

  /** Returns the identity; null for the machine's own. */
  Config.@Nullable Credentials read(Section section, Config.Auth auth) {
    boolean all = auth == Config.Auth.CLIENT_SECRET;
    boolean some = all || auth == Config.Auth.WORKLOAD_IDENTITY;
    refuseUnless(all, section.written(clientSecret), auth);
    refuseUnless(some, section.written(tenantId), auth);
    refuseUnless(some || auth == Config.Auth.MANAGED_IDENTITY, section.written(clientId), auth);
    if (all) {
      return new Config.Credentials(
          section.value(tenantId), section.value(clientId), section.value(clientSecret));
    }
    String tenant = section.optional(tenantId);
    String client = section.optional(clientId);
    return tenant == null && client == null ? null : new Config.Credentials(tenant, client, null);
  }

  /** Refuses a key that the configured auth does not use. */
  static void refuseUnless(boolean fits, @Nullable CheckedValue setting, Config.Auth auth) {
    if (!fits && setting != null) {
      throw OperatorException.inConfig(
          setting.origin(),
          setting.key() + " cannot be set with auth " + auth.word() + ", which does not use it",
          "remove it, or choose another auth");
    }
  }
}
