package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.BundleReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What the activity topic's records hold, clocks included. */
public final class Bundled {
  private Bundled() {}

  public static List<Activity> activities(List<ProducerRecord<byte[], byte[]>> records) {
    BundleReader<Activity> reader = new BundleReader<>(Activity.getClassSchema());
    List<Activity> activities = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : records) {
      if (record.topic().equals("lockstep.activity")) {
        BundleReader.Unread unread = reader.read(record.value(), activities::add);
        if (unread != null) {
          throw new AssertionError(unread.why());
        }
      }
    }
    return activities;
  }
}
