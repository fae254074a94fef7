package dev.lockstep.app.cli;

import dev.lockstep.app.doctor.CheckReport;
import dev.lockstep.app.doctor.Doctor;
import dev.lockstep.app.doctor.DoctorReport;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.app.terminal.WrappedText;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command {@code doctor}, which checks everything that the configuration names. */
@Command(
    name = "doctor",
    description = {
      "Checks everything that the configuration names, and says what is wrong and how to fix it.",
      "Changes nothing, prints no secret, and takes at most 10 seconds."
    })
public final class DoctorCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    hush();
    DoctorReport report = Doctor.check(config.file(), System.getenv(), InstantSource.system());
    if (json) {
      System.out.println(report.json());
    } else {
      Terminal terminal = Terminal.behind(System.out);
      for (CheckReport.Line line : report.lines()) {
        String word = line.verdict().word();
        String start = line.text().substring(0, CheckReport.LABEL_WIDTH);
        String text = line.text().substring(CheckReport.LABEL_WIDTH);
        System.out.println(
            terminal.coloured(word)
                + WrappedText.fitted(terminal, start, text).substring(word.length()));
      }
      // The counts come last, because failures may have scrolled out of sight.
      System.out.println(
          report.count(CheckReport.Verdict.FAIL)
              + " fail, "
              + report.count(CheckReport.Verdict.WARN)
              + " warn, "
              + report.count(CheckReport.Verdict.OK)
              + " ok, "
              + report.count(CheckReport.Verdict.SKIP)
              + " skip");
    }
    return report.count(CheckReport.Verdict.FAIL) == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static void hush() {
    // the logs would repeat each problem that the doctor reports
    for (String logger : List.of("org.apache.kafka", "com.azure", "com.microsoft")) {
      String key = "org.slf4j.simpleLogger.log." + logger;
      if (System.getProperty(key) == null) {
        System.setProperty(key, "off");
      }
    }
  }
}
