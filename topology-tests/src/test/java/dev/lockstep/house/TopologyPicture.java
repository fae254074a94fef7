package dev.lockstep.house;

import dev.lockstep.detections.topology.TopologyLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.TopologyDescription;

/**
 * Mermaid picture of a topology: a box for each sub-topology with its stages and their stores, and
 * the topics between them. A stage is a processor that has state; filters and renamings on the way
 * to a topic are left out. Arrows to the topic of dead letters are dotted.
 */
final class TopologyPicture {
  private static final String REPARTITION = "-repartition";

  private final String applicationId;
  private final String deadLetters;

  TopologyPicture(TopologyLayout layout) {
    this.applicationId = layout.applicationId();
    this.deadLetters = layout.deadLettersTopic();
  }

  /** Returns the lines of the picture. */
  List<String> lines(TopologyDescription topology) {
    Set<String> topics = new TreeSet<>();
    List<String> boxes = new ArrayList<>();
    Set<String> arrows = new TreeSet<>();
    for (TopologyDescription.Subtopology each : topology.subtopologies()) {
      Set<String> inside = new TreeSet<>();
      for (TopologyDescription.Node node : each.nodes()) {
        if (node instanceof TopologyDescription.Source source) {
          for (String topic : source.topicSet()) {
            topics.add(fullName(topic));
            for (TopologyDescription.Processor stage : nextStages(node)) {
              arrows.add("  " + id(fullName(topic)) + " --> " + id(stage.name()));
            }
          }
        } else if (node instanceof TopologyDescription.Processor stage
            && !stage.stores().isEmpty()) {
          inside.add("    " + id(stage.name()) + "[\"" + stage.name() + "\"]");
          for (String store : stage.stores()) {
            String storeId = "store_" + id(store);
            inside.add("    " + storeId + "[(\"" + store + "\")]");
            arrows.add("  " + id(stage.name()) + " --- " + storeId);
          }
          for (TopologyDescription.Processor next : nextStages(stage)) {
            arrows.add("  " + id(stage.name()) + " --> " + id(next.name()));
          }
          for (String topic : nextTopics(stage)) {
            topics.add(topic);
            String arrow = topic.equals(deadLetters) ? " -.-> " : " --> ";
            arrows.add("  " + id(stage.name()) + arrow + id(topic));
          }
        }
      }
      boxes.add("  subgraph sub" + each.id() + "[\"sub-topology " + each.id() + "\"]");
      boxes.addAll(inside);
      boxes.add("  end");
    }
    List<String> lines = new ArrayList<>(List.of("```mermaid", "flowchart LR"));
    topics.forEach(topic -> lines.add("  " + id(topic) + "[/\"" + topic + "\"/]"));
    lines.addAll(boxes);
    lines.addAll(arrows);
    lines.add("```");
    return lines;
  }

  private List<TopologyDescription.Processor> nextStages(TopologyDescription.Node from) {
    List<TopologyDescription.Processor> stages = new ArrayList<>();
    for (TopologyDescription.Node node : nextShown(from)) {
      if (node instanceof TopologyDescription.Processor stage) {
        stages.add(stage);
      }
    }
    return stages;
  }

  private Set<String> nextTopics(TopologyDescription.Node from) {
    Set<String> topics = new TreeSet<>();
    for (TopologyDescription.Node node : nextShown(from)) {
      if (node instanceof TopologyDescription.Sink sink) {
        topics.add(fullName(sink.topic()));
      }
    }
    return topics;
  }

  /** Returns the stages and sinks that are reached from a node without passing another stage. */
  private static List<TopologyDescription.Node> nextShown(TopologyDescription.Node from) {
    List<TopologyDescription.Node> shown = new ArrayList<>();
    Set<TopologyDescription.Node> visited = new HashSet<>();
    Deque<TopologyDescription.Node> open = new ArrayDeque<>(from.successors());
    while (!open.isEmpty()) {
      TopologyDescription.Node node = open.remove();
      if (!visited.add(node)) {
        continue;
      }
      boolean stage =
          node instanceof TopologyDescription.Processor processor && !processor.stores().isEmpty();
      if (stage || node instanceof TopologyDescription.Sink) {
        shown.add(node);
      } else {
        open.addAll(node.successors());
      }
    }
    return shown;
  }

  /** Returns the topic's name in the cluster; Kafka Streams describes its own without prefix. */
  private String fullName(String topic) {
    return topic.endsWith(REPARTITION) && !topic.startsWith(applicationId + "-")
        ? applicationId + "-" + topic
        : topic;
  }

  private static String id(String name) {
    return name.replace('.', '_').replace('-', '_');
  }
}
