package dev.lockstep.house;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * First sentences of Javadoc in main code, read by the compiler's own parser. A class's has to be a
 * noun phrase that defines the class, a method's a verb and its object.
 */
final class Summaries {
  /** Largest number of words that a reader takes in at once. */
  static final int MOST_WORDS = 24;

  /** Largest number of words about a package, which may list its contents. */
  private static final int MOST_OF_PACKAGE = 35;

  /** Words that open a riddle, a condition or a clause instead of a definition. */
  private static final Set<String> NO_FIRST_WORDS =
      Set.of(
          "what",
          "who",
          "whose",
          "whom",
          "where",
          "how",
          "why",
          "that",
          "says",
          "when",
          "whether",
          "which",
          "if",
          "whoever",
          "whatever",
          "wherever");

  /** Pronouns, which name nothing by themselves. */
  private static final Set<String> PRONOUNS =
      Set.of(
          "it",
          "its",
          "they",
          "their",
          "this",
          "these",
          "those",
          "he",
          "she",
          "his",
          "her",
          "we",
          "our",
          "something",
          "somebody",
          "somebody's",
          "everything",
          "everybody",
          "nobody",
          "nothing",
          "another",
          "others");

  /** Words after which a word like {@code Counts} is a noun: counts of records. */
  private static final Set<String> AFTER_A_NOUN =
      Set.of(
          "of", "for", "by", "to", "in", "on", "from", "that", "which", "with", "without", "and",
          "or", "about", "at", "between", "under", "over", "beside", "whose", "who", "made", "as");

  private enum Kind {
    CLASS,
    METHOD,
    PACKAGE
  }

  private record Summary(Kind kind, String name, String place, String sentence) {
    String[] words() {
      return sentence.split(" ", -1);
    }

    String firstWord() {
      return bare(words()[0]);
    }
  }

  private final List<Summary> all = new ArrayList<>();

  /** Returns the first sentences of the main code below the modules' folders. */
  static Summaries of(List<Path> modules) {
    Summaries found = new Summaries();
    List<Path> files = new ArrayList<>();
    for (Path module : modules) {
      try (Stream<Path> walked = Files.walk(module.resolve("src/main/java"))) {
        walked.filter(each -> each.toString().endsWith(".java")).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException("could not list the sources of " + module, e);
      }
    }
    found.read(files);
    return found;
  }

  int size() {
    return all.size();
  }

  /** Returns a message for each sentence that breaks a rule. */
  List<String> faults() {
    Set<String> verbs =
        all.stream()
            .filter(each -> each.kind == Kind.METHOD)
            .map(Summary::firstWord)
            .collect(Collectors.toCollection(HashSet::new));
    List<String> faults = new ArrayList<>();
    for (Summary each : all) {
      String fault = fault(each, verbs);
      if (fault != null) {
        faults.add(
            "could not accept the summary of %s at %s: \"%s\" %s"
                .formatted(each.name, each.place, each.sentence, fault));
      }
    }
    return faults;
  }

  private static @Nullable String fault(Summary summary, Set<String> verbs) {
    String[] words = summary.words();
    String first = summary.firstWord();
    int most = summary.kind == Kind.PACKAGE ? MOST_OF_PACKAGE : MOST_WORDS;
    if (words.length > most) {
      return "has %d words; split it, %d are allowed".formatted(words.length, most);
    }
    if (summary.sentence.indexOf(';') != summary.sentence.lastIndexOf(';')) {
      return "has two semicolons; split it";
    }
    if (summary.sentence.endsWith("e.g.")) {
      return "ends at e.g. for the javadoc tool; write for example";
    }
    if (NO_FIRST_WORDS.contains(first)) {
      return "begins with %s; begin with %s"
          .formatted(words[0], summary.kind == Kind.METHOD ? "a verb" : "a noun");
    }
    if (summary.kind == Kind.METHOD) {
      boolean isVerb = first.endsWith("s") && !PRONOUNS.contains(first);
      return isVerb || words[0].equals("{@inheritDoc}") ? null : "begins with no verb; say its act";
    }
    if (PRONOUNS.contains(first)) {
      return "begins with a pronoun; begin with a noun that defines it";
    }
    boolean isVerb =
        first.endsWith("s")
            && verbs.contains(first)
            && (words.length < 2 || !AFTER_A_NOUN.contains(bare(words[1])));
    return isVerb ? "begins with a verb; begin with a noun that defines it" : null;
  }

  private static String bare(String word) {
    int end = word.length();
    while (end > 0 && ",.;:".indexOf(word.charAt(end - 1)) >= 0) {
      end--;
    }
    return word.substring(0, end).toLowerCase(Locale.ROOT);
  }

  private void read(List<Path> files) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager sources =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  sources,
                  ignored -> {},
                  List.of("-proc:none"),
                  null,
                  sources.getJavaFileObjectsFromPaths(files));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(unit, docs).scan(unit, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not read the sources", e);
    }
  }

  /** Reader of one file, which collects the summaries of its package, classes and methods. */
  private final class Reader extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final CompilationUnitTree unit;
    private final DocTrees docs;

    Reader(CompilationUnitTree unit, DocTrees docs) {
      this.unit = unit;
      this.docs = docs;
    }

    @Override
    public @Nullable Void visitPackage(PackageTree node, @Nullable Void unused) {
      add(Kind.PACKAGE, node.getPackageName().toString(), node);
      return super.visitPackage(node, null);
    }

    @Override
    public @Nullable Void visitClass(ClassTree node, @Nullable Void unused) {
      add(Kind.CLASS, node.getSimpleName().toString(), node);
      return super.visitClass(node, null);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree node, @Nullable Void unused) {
      if (!node.getModifiers().getFlags().contains(Modifier.PRIVATE)) {
        add(Kind.METHOD, node.getName().toString(), node);
      }
      return super.visitMethod(node, null);
    }

    private void add(Kind kind, String name, Tree node) {
      DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
      if (comment == null || comment.getFirstSentence().isEmpty()) {
        return;
      }
      String sentence =
          comment.getFirstSentence().stream().map(DocTree::toString).collect(Collectors.joining());
      long line =
          unit.getLineMap().getLineNumber(docs.getSourcePositions().getStartPosition(unit, node));
      String file = Path.of(unit.getSourceFile().toUri()).getFileName().toString();
      all.add(
          new Summary(
              kind, name, file + ":" + line, String.join(" ", sentence.strip().split("\\s+", -1))));
    }
  }
}
