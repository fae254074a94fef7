package dev.lockstep.enrichment.network;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.Wording;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Azure's service tags from the weekly JSON file: services, some by region, with their ranges. */
public final class ServiceTags {

  static final String KIND = "service tags";

  private static final String FIX =
      "name the JSON file that Azure publishes as \"Azure IP Ranges and Service Tags\"";

  private final String file;
  private final List<Tag> tags = new ArrayList<>();
  private String cloud = "";
  private long changeNumber;

  /** Service tag with its ranges as written in the file. */
  record Tag(String name, List<String> prefixes) {}

  private ServiceTags(String file) {
    this.file = file;
  }

  /**
   * Reads a file of service tags.
   *
   * @throws FileProblemException if the file cannot be read, is not JSON, or names no tag
   */
  public static ServiceTags read(Path file) throws FileProblemException {
    try (InputStream in = Files.newInputStream(file)) { // the parser has a buffer
      return parse(file.toString(), in);
    } catch (IOException e) {
      throw Files.notExists(file)
          ? FileProblemException.of(
              KIND,
              file.toString(),
              "does not exist",
              "check the path, or download the file that Azure publishes as \"Azure IP Ranges and Service Tags\"")
          : TextFile.unreadable(KIND, file, e);
    }
  }

  static ServiceTags parse(String file, InputStream in) throws FileProblemException, IOException {
    ServiceTags read = new ServiceTags(file);
    try (JsonParser json = new JsonFactory().createParser(in)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw FileProblemException.of(KIND, file, "is not a JSON object", FIX);
      }
      read.root(json);
    } catch (JsonProcessingException e) {
      long line = Math.max(1, e.getLocation() == null ? 1 : e.getLocation().getLineNr());
      throw FileProblemException.at(KIND, file, line, "is not JSON", FIX);
    }
    if (read.tags.isEmpty()) {
      throw FileProblemException.of(KIND, file, "names no tag under values", FIX);
    }
    return read;
  }

  private void root(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("cloud") && value == JsonToken.VALUE_STRING) {
        cloud = json.getText();
      } else if (name.equals("changeNumber") && value.isScalarValue()) {
        changeNumber = json.getValueAsLong(); // the service tag API writes it as a text
      } else if (name.equals("values") && value == JsonToken.START_ARRAY) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          tag(json);
        }
      } else {
        json.skipChildren();
      }
    }
  }

  private void tag(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    String tag = "";
    List<String> prefixes = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("name") && value == JsonToken.VALUE_STRING) {
        tag = json.getText();
      } else if (name.equals("properties") && value == JsonToken.START_OBJECT) {
        properties(json, prefixes);
      } else {
        json.skipChildren();
      }
    }
    if (!tag.isBlank()) {
      tags.add(new Tag(tag, prefixes));
    }
  }

  private static void properties(JsonParser json, List<String> prefixes) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = json.currentName().equals("addressPrefixes");
      if (json.nextToken() == JsonToken.START_ARRAY && wanted) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          if (json.currentToken() == JsonToken.VALUE_STRING) {
            prefixes.add(json.getText());
          } else {
            json.skipChildren();
          }
        }
      } else {
        json.skipChildren();
      }
    }
  }

  /**
   * Returns the cloud of the tags, such as {@code Public}. It is empty if the file does not tell.
   */
  public String cloud() {
    return cloud;
  }

  /**
   * Returns the change number of the file, which Azure raises with each change. It is 0 if the file
   * does not tell.
   */
  public long changeNumber() {
    return changeNumber;
  }

  List<Tag> tags() {
    return tags;
  }

  /**
   * Returns the rows of a networks file for the tags to which {@code classes} gives a class.
   *
   * @throws FileProblemException if a name that the operator chose matches no tag of this file, or
   *     if no row is left
   */
  public TaggedNetworks rows(TagClasses classes) throws FileProblemException {
    for (String name : classes.chosen()) {
      if (tags.stream().noneMatch(tag -> TagClasses.means(name, tag.name()))) {
        String nearest = NearestNames.similarAmong(tags.stream().map(Tag::name).toList(), name);
        throw FileProblemException.of(
            KIND,
            file,
            "has no tag " + Wording.quote(name),
            nearest.isEmpty()
                ? "write the name of a tag as this file spells it"
                : "the nearest one is " + Wording.quote(nearest));
      }
    }
    TaggedNetworks rows = TaggedNetworks.of(this, classes);
    if (rows.all().isEmpty()) {
      throw FileProblemException.of(
          KIND,
          file,
          "gives no row with these tags and classes",
          "give a class to each tag that you want, as in --tag AppService=hosting");
    }
    return rows;
  }
}
