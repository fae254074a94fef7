// Writes the policy expressions of the fragments in a folder as C# methods.
using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

static class Extract {
  static void Main(string[] args) {
    var source = new StringBuilder();
    source.AppendLine("using System; using System.Collections.Generic; using System.Linq; using System.Text;");
    source.AppendLine("using Newtonsoft.Json.Linq;");
    source.AppendLine("namespace Gateway {");
    source.AppendLine("static class Expressions {");
    source.AppendLine("public static readonly Fragment[] All = {");
    var methods = new StringBuilder();
    var number = 0;
    foreach (var path in Directory.GetFiles(args[0], "*.xml").OrderBy(p => p, StringComparer.Ordinal)) {
      var root = XDocument.Load(path, LoadOptions.PreserveWhitespace).Root;
      var condition = root.Descendants("when").Select(w => w.Attribute("condition").Value).SingleOrDefault() ?? "@(true)";
      var message = root.Descendants().Single(e => e.Name == "message" || e.Name == "log-to-eventhub").Value.Trim();
      if (!condition.StartsWith("@(") || !condition.EndsWith(")") || !message.StartsWith("@{") || !message.EndsWith("}")) {
        throw new FormatException(path + " holds an expression of another form");
      }
      source.AppendFormat("new Fragment(\"{0}\", \"{1}\", When{2}, Message{2}),\n",
          Path.GetFileNameWithoutExtension(path), Digest(condition + "\n" + message), number);
      methods.AppendFormat("static bool When{0}(Context context) {{ return {1}; }}\n", number, condition.Substring(1));
      methods.AppendFormat("static string Message{0}(Context context) {1}\n", number, message.Substring(1));
      number++;
    }
    Console.Write(source.AppendLine("};").Append(methods).AppendLine("}}"));
  }

  static string Digest(string text) {
    using (var sha = SHA256.Create()) {
      return string.Concat(sha.ComputeHash(Encoding.UTF8.GetBytes(text)).Select(b => b.ToString("x2")));
    }
  }
}
