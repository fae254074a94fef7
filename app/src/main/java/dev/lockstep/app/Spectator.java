package dev.lockstep.app;

import dev.lockstep.ingest.IngestCounts;
import dev.lockstep.schemas.Activity;

/** Looks on at a replay, which forgets nothing then. */
interface Spectator {
  /** Takes an activity as it is read, in no order, from several threads. */
  void reads(Activity activity);

  /** Is told that everything is read, and nothing has been entered yet. */
  void hasRead(IngestCounts counts);

  /** Takes an activity as it is entered, and a call once more with what its link adds. */
  void enters(Activity activity);

  /** Is told that everything has been entered: the state is what decided. */
  void ends(HotPathDriver driver);
}
