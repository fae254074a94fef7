package dev.lockstep.detections;

import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.Stay;
import dev.lockstep.schemas.TokenState;
import dev.lockstep.schemas.TokenUse;

/** Most stays and uses are a single event: it is kept once, not as first and last. */
final class Packings {
  static final StateStore.Packing<PrincipalDay> DAY =
      new StateStore.Packing<>() {
        @Override
        public void pack(PrincipalDay day) {
          for (Stay stay : day.getStays()) {
            if (stay.getFirst().equals(stay.getLast())) {
              stay.setLast(null);
            }
          }
        }

        @Override
        public void unpack(PrincipalDay day) {
          for (Stay stay : day.getStays()) {
            if (stay.getLast() == null) {
              stay.setLast(stay.getFirst());
            }
          }
        }
      };

  static final StateStore.Packing<TokenState> TOKEN =
      new StateStore.Packing<>() {
        @Override
        public void pack(TokenState token) {
          for (TokenUse use : token.getUses()) {
            if (use.getFirst().equals(use.getLast())) {
              use.setLast(null);
            }
          }
        }

        @Override
        public void unpack(TokenState token) {
          for (TokenUse use : token.getUses()) {
            if (use.getLast() == null) {
              use.setLast(use.getFirst());
            }
          }
        }
      };

  private Packings() {}
}
