package dev.lockstep.detections.engine;

import dev.lockstep.detections.alert.AlertExchange;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sender of mentions: messages that tell a principal or address in a finding about the finding.
 * With a mention, a Defender alert about the same principal or address can corroborate the finding.
 * A mention that did not change is not sent again while it is remembered.
 */
final class MentionSender {
  /** Largest number of sent mentions that are remembered. */
  private static final int MOST_LATELY = 4_096;

  private final Output output;
  private final Map<String, Message.Mentioned> lately = new LinkedHashMap<>(16, 0.75f, true);

  MentionSender(Output output) {
    this.output = output;
  }

  void mention(Contribution contribution) {
    Detection detection = contribution.getDetection();
    AlertExchange.parts(contribution.getAddresses(), detection.getPrincipal())
        .forEach(
            (subject, networkClass) -> {
              Message.Mentioned mention =
                  new Message.Mentioned(
                      subject,
                      detection.getId(),
                      detection.getStartTime(),
                      detection.getEndTime(),
                      networkClass);
              String key = detection.getId() + subject.id();
              if (!mention.equals(lately.put(key, mention))) {
                output.message(mention);
              }
            });
    while (lately.size() > MOST_LATELY) {
      lately.remove(lately.keySet().iterator().next()); // the eldest
    }
  }
}
