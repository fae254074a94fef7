package dev.lockstep.enrichment.estate;

import dev.lockstep.schemas.text.ComparableText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operator's own gateways, APIs, privileged operations and key vaults, as described in the
 * configuration. Immutable.
 *
 * <p>Ids, hosts, operations and names of vaults are compared trimmed and in lower case. If an entry
 * is listed twice, the first counts; the reader of the configuration rejects such a list before.
 */
public final class Estate {
  private static final Estate NONE = new Estate(List.of(), List.of(), List.of(), List.of());

  private final List<Gateway> gateways;
  private final List<ProtectedApi> apis;
  private final List<PrivilegedOperations> privileged;
  private final List<Vault> vaults;
  private final Map<String, Gateway> byResource = new HashMap<>();
  private final Map<String, Gateway> byHost = new HashMap<>();
  private final Map<String, ProtectedApi> byApp = new HashMap<>();
  private final Map<String, Vault> vaultsById = new HashMap<>();
  private final Map<String, Vault> vaultsByName = new HashMap<>();

  private Estate(
      List<Gateway> gateways,
      List<ProtectedApi> apis,
      List<PrivilegedOperations> privileged,
      List<Vault> vaults) {
    this.gateways = List.copyOf(gateways);
    this.apis = List.copyOf(apis);
    this.privileged = List.copyOf(privileged);
    this.vaults = List.copyOf(vaults);
    for (Gateway gateway : gateways) {
      gateway.resourceIds().forEach(id -> byResource.putIfAbsent(id, gateway));
      gateway.hosts().forEach(host -> byHost.putIfAbsent(host, gateway));
    }
    apis.forEach(api -> byApp.putIfAbsent(api.appId(), api));
    for (Vault vault : vaults) {
      String id = vault.resourceId();
      if (id == null) {
        vaultsByName.putIfAbsent(vault.name(), vault);
      } else {
        vaultsById.putIfAbsent(id, vault);
      }
    }
  }

  /** Returns an empty estate. */
  public static Estate none() {
    return NONE;
  }

  /** Returns an estate with the given entries. */
  public static Estate of(
      List<Gateway> gateways,
      List<ProtectedApi> apis,
      List<PrivilegedOperations> privileged,
      List<Vault> vaults) {
    return new Estate(gateways, apis, privileged, vaults);
  }

  public List<Gateway> gateways() {
    return gateways;
  }

  public List<ProtectedApi> apis() {
    return apis;
  }

  /**
   * Returns the entries of privileged operations. The first entry that matches an operation counts.
   */
  public List<PrivilegedOperations> privileged() {
    return privileged;
  }

  public List<Vault> vaults() {
    return vaults;
  }

  /**
   * Returns the gateway that a call went to, or null if the estate lists no such gateway. The
   * gateway is looked up by the resource that logged the call. If no gateway has this resource, the
   * gateway is looked up by the host.
   *
   * @param resourceId id of the resource that logged the call
   * @param host host of the call's URL, without port
   */
  public @Nullable Gateway gatewayOf(@Nullable String resourceId, @Nullable String host) {
    Gateway byId = resourceId == null ? null : byResource.get(ComparableText.of(resourceId));
    return byId != null || host == null ? byId : byHost.get(ComparableText.of(host));
  }

  /**
   * Returns the protected API of the application with the given id, or null if the estate lists
   * none.
   */
  public @Nullable ProtectedApi api(@Nullable String appId) {
    return appId == null ? null : byApp.get(ComparableText.of(appId));
  }

  /**
   * Returns the first entry of privileged operations that includes an operation, or null if none
   * does.
   */
  public @Nullable PrivilegedOperations privileged(@Nullable String operation) {
    if (operation != null) {
      for (PrivilegedOperations entry : privileged) {
        if (entry.includes(operation)) {
          return entry;
        }
      }
    }
    return null;
  }

  /**
   * Returns the entry of privileged operations with exactly this name, or null if there is none.
   */
  public @Nullable PrivilegedOperations privilegedNamed(String name) {
    return privileged.stream().filter(entry -> entry.name().equals(name)).findFirst().orElse(null);
  }

  /**
   * Returns the vault to which the given resource id belongs, or null if the estate lists none. If
   * no vault is configured with the id, it is the vault that is configured by name alone and has
   * the last segment of the id as its name.
   */
  public @Nullable Vault vault(@Nullable String resourceId) {
    if (resourceId == null) {
      return null;
    }
    String id = ComparableText.of(resourceId);
    Vault byId = vaultsById.get(id);
    return byId != null ? byId : vaultsByName.get(id.substring(id.lastIndexOf('/') + 1));
  }
}
