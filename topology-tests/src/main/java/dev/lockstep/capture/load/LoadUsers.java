package dev.lockstep.capture.load;

import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.CallRecord;
import dev.lockstep.capture.record.Cast;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Users of a {@link LoadCapture}, each with a home, a phone, a laptop and a current token. */
final class LoadUsers {
  static final int COUNT = 10_000;

  private static final int HOSTS = 250;
  private final Dice dice;
  private final Account[] accounts = new Account[COUNT];
  private final UUID[] tokens = new UUID[COUNT];
  private final @Nullable Instant[] issued = new Instant[COUNT];

  LoadUsers(Dice dice) {
    this.dice = dice;
    Cast cast = new Cast(dice);
    for (int user = 0; user < COUNT; user++) {
      Account hired = cast.user();
      accounts[user] =
          new Account(
              hired.id(),
              hired.name(),
              "user" + user + "@northwindtraders.example",
              "",
              hired.laptop());
      tokens[user] = dice.guid();
    }
  }

  SignIn signIn(int user, Instant at) {
    Account account = accounts[user];
    int chance = dice.below(2000);
    tokens[user] = dice.guid();
    issued[user] = at;
    SignIn signIn;
    if (chance == 0) {
      signIn =
          SignIn.of(account, home(user + HOSTS), host(user), at).on(Device.UNKNOWN).singleFactor();
    } else {
      signIn = SignIn.of(account, chance < 400 ? phone(user) : home(user), host(user), at);
    }
    signIn.minting(tokens[user]);
    return chance % 3 == 0 ? signIn : signIn.nonInteractive();
  }

  String call(int user, Instant at) {
    Instant since = issued[user];
    Site from = dice.oneIn(10) ? phone(user) : home(user);
    Link link = Link.of(accounts[user], tokens[user], since == null ? at.minusSeconds(60) : since);
    return CallRecord.of(
        Call.from(from.address(host(user)), at)
            .answered(dice.oneIn(50) ? 403 : 200)
            .traced(link.withoutExpiry()),
        dice.guid(),
        dice);
  }

  private static int host(int user) {
    return 1 + user % HOSTS;
  }

  private static Site home(int user) {
    int network = user / HOSTS % (COUNT / HOSTS);
    return site("198.18." + network + ".", 64496 + network % ServiceLoad.TOWNS.length, network);
  }

  private static Site phone(int user) {
    int network = user / HOSTS;
    return site("198.19." + network + ".", 64512 + network % ServiceLoad.TOWNS.length, network);
  }

  private static Site site(String prefix, int asn, int network) {
    return ServiceLoad.TOWNS[network % ServiceLoad.TOWNS.length].site(prefix, asn);
  }
}
