package dev.lockstep.ingest.entity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.EmbeddedJson;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the accounts and addresses in an alert's graph of entities, at any depth.
 *
 * <p>An entity is written out at one place. Elsewhere a reference ({@code $ref}) names its number
 * ({@code $id}). The reader looks at every entity that is written out and follows no reference, so
 * wrong references do no harm.
 */
public final class EntityGraph {
  private static final int LEVELS = 4;

  private final Key.Table keys;
  private final JsonFactory embedded;

  public EntityGraph(Key.Table keys, JsonFactory embedded) {
    this.keys = keys;
    this.embedded = embedded;
  }

  /** Fields of one object that identify an account or address. */
  private static final class Entity {
    @Nullable String type;
    @Nullable String id;
    @Nullable String objectId;
    @Nullable String principalName;
    @Nullable String name;
    @Nullable String suffix;
    @Nullable String address;
  }

  /**
   * Adds accounts and IP addresses in the parser's value to {@code named}, and returns the
   * outermost object's type, or null if it has none. The value is an object, an array of objects,
   * or a text with either.
   *
   * @param named receiver of the accounts and addresses
   * @return type of the outermost object, or null if the value is a list or has no type
   */
  public @Nullable String read(JsonParser json, NamedEntities named) throws IOException {
    return value(json, named, false, 0);
  }

  /**
   * Adds the accounts and addresses in a JSON value to {@code named}, and returns the value's
   * entity type, or null. The type is null unless the value is one object, or a text with one.
   *
   * @param addresses whether a text that is not JSON is read as a list of addresses
   */
  private @Nullable String value(JsonParser json, NamedEntities named, boolean addresses, int level)
      throws IOException {
    switch (json.currentToken()) {
      case START_OBJECT -> {
        return object(json, named, level);
      }
      case START_ARRAY -> {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          value(json, named, addresses, level);
        }
      }
      case VALUE_STRING -> {
        if (MultiValueText.isStructure(json)) {
          return level < LEVELS ? text(json, named, addresses, level + 1) : null;
        } else if (addresses) {
          MultiValueText.each(Scalars.bounded(json.getText()), named::address);
        }
      }
      default -> {}
    }
    return null;
  }

  private @Nullable String text(JsonParser json, NamedEntities named, boolean addresses, int level)
      throws IOException {
    try (JsonParser inner = EmbeddedJson.open(embedded, json)) {
      return inner.nextToken() == null ? null : value(inner, named, addresses, level);
    } catch (JsonProcessingException e) {
      return null; // The entities before the damage have been collected.
    }
  }

  private @Nullable String object(JsonParser json, NamedEntities named, int level)
      throws IOException {
    Entity entity = new Entity();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      Key key = keys.of(json.currentName());
      boolean structure = json.nextToken().isStructStart();
      if (key == Key.IP_ADDRESS
          || key == Key.IP_ADDRESSES
          || key == Key.IP_ADDRESSES_MISSPELT
          || (key == Key.ADDRESS && structure)) {
        value(json, named, true, level);
      } else if (structure) {
        value(json, named, false, level);
      } else {
        take(key, json, entity);
      }
    }
    put(entity, named);
    return entity.type;
  }

  private static void take(Key key, JsonParser json, Entity entity) throws IOException {
    switch (key) {
      case TYPE -> entity.type = Scalars.first(entity.type, json);
      case AAD_USER_ID, AAD_ID -> entity.id = Scalars.first(entity.id, json);
      case OBJECT_ID -> entity.objectId = Scalars.first(entity.objectId, json);
      case USER_PRINCIPAL_NAME, UPN ->
          entity.principalName = Scalars.first(entity.principalName, json);
      case NAME -> entity.name = Scalars.first(entity.name, json);
      case UPN_SUFFIX -> entity.suffix = Scalars.first(entity.suffix, json);
      case ADDRESS -> entity.address = Scalars.first(entity.address, json);
      default -> {}
    }
  }

  private static void put(Entity entity, NamedEntities named) {
    String type = entity.type == null ? "" : EntityTypes.of(entity.type);
    if (type.isEmpty() || type.equals(EntityTypes.IP)) {
      named.address(entity.address);
    }
    boolean person = EntityTypes.isAccount(type);
    if (named.account(entity.id) || (person && named.account(entity.objectId))) {
      return;
    }
    if (entity.principalName != null && NamedEntities.isPrincipalName(entity.principalName)) {
      named.name(entity.principalName);
    } else if (entity.name != null && entity.suffix != null && entity.name.indexOf('@') < 0) {
      named.name(entity.name + "@" + entity.suffix);
    } else if (person || entity.suffix != null) {
      named.name(entity.name);
    }
  }
}
