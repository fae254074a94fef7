package dev.lockstep.detections;

import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.PrincipalProfile;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import dev.lockstep.schemas.TokenState;
import dev.lockstep.schemas.TokenUse;
import java.util.List;

/**
 * Most stays and uses are a single event: it is kept once, not as first and last. Stays of one
 * address lie side by side: their spot is kept once.
 */
final class Packings {
  static final StateStore.Packing<PrincipalDay> DAY =
      new StateStore.Packing<>() {
        @Override
        public void pack(PrincipalDay day) {
          List<Stay> stays = day.getStays();
          for (int i = stays.size() - 1; i >= 0; i--) {
            Stay stay = stays.get(i);
            if (same(stay.getFirst(), stay.getLast())) {
              stay.setLast(null);
            }
            if (i > 0 && same(stay.getSpot(), stays.get(i - 1).getSpot())) {
              stay.setSpot(null);
            }
          }
        }

        @Override
        public void unpack(PrincipalDay day) {
          Stay before = null;
          for (Stay stay : day.getStays()) {
            if (stay.getLast() == null) {
              stay.setLast(stay.getFirst());
            }
            if (stay.getSpot() == null && before != null) {
              stay.setSpot(before.getSpot());
            }
            before = stay;
          }
        }

        @Override
        public boolean remembered() {
          return true;
        }
      };

  static final StateStore.Packing<PrincipalProfile> PROFILE =
      new StateStore.Packing<>() {
        @Override
        public void pack(PrincipalProfile profile) {}

        @Override
        public void unpack(PrincipalProfile profile) {}

        @Override
        public boolean remembered() {
          return true;
        }
      };

  static final StateStore.Packing<TokenState> TOKEN =
      new StateStore.Packing<>() {
        @Override
        public void pack(TokenState token) {
          for (TokenUse use : token.getUses()) {
            if (same(use.getFirst(), use.getLast())) {
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

        @Override
        public boolean remembered() {
          return true;
        }
      };

  private Packings() {}

  private static boolean same(Cited one, Cited other) {
    return one == other || (one.getEventAt() == other.getEventAt() && one.equals(other));
  }

  private static boolean same(Spot one, Spot other) {
    return one == other || (one.getAddress().equals(other.getAddress()) && one.equals(other));
  }
}
