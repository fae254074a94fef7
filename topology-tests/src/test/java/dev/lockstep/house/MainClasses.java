package dev.lockstep.house;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** The classes of main sources: those of neither a folder nor a jar of tests. */
final class MainClasses implements ImportOption {
  private final ImportOption noFolderOfTests = new ImportOption.DoNotIncludeTests();

  @Override
  public boolean includes(Location location) {
    return noFolderOfTests.includes(location) && !location.contains("-tests.jar");
  }
}
