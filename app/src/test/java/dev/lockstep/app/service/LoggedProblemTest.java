package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoggedProblemTest {
  @Test
  void isLoggedWhenItBeginsAndEnds_andNotWhileItLasts() {
    List<String> log = new ArrayList<>();
    LoggedProblem problem = new LoggedProblem("the disk has room again", log::add);
    problem.look(null);
    problem.look("full, 3 MB left");
    problem.look("full, 2 MB left");
    problem.look(null);
    problem.look(null);
    problem.look("full, 1 MB left");
    assertThat(log)
        .containsExactly("full, 3 MB left", "the disk has room again", "full, 1 MB left");
  }
}
