// What an expression of ours may use of API Management's context, as the page "API Management policy
// expressions" has it, and of Newtonsoft.Json: enough to compile the expressions and to run them.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Gateway {
  sealed class Fragment {
    public readonly string Name;
    public readonly string Digest;
    public readonly Func<Context, bool> When;
    public readonly Func<Context, string> Message;

    public Fragment(string name, string digest, Func<Context, bool> when, Func<Context, string> message) {
      Name = name;
      Digest = digest;
      When = when;
      Message = message;
    }
  }

  sealed class Context {
    public Guid RequestId { get { return new Guid("6f1c1f0e-0d5b-4c5e-9a55-1f2b3c4d5e6f"); } }
    public Request Request { get; set; }
    public IReadOnlyDictionary<string, object> Variables { get; set; }
  }

  sealed class Request {
    public IReadOnlyDictionary<string, string[]> Headers { get; set; }
  }

  sealed class Jwt {
    public IReadOnlyDictionary<string, string[]> Claims { get; set; }
  }

  static class DateTime {
    public static System.DateTime UtcNow {
      get { return new System.DateTime(2026, 11, 3, 9, 30, 0, DateTimeKind.Utc).AddTicks(1234567); }
    }
  }

  static class Extensions {
    /// The tokens that can be read; every other text is none.
    public static readonly Dictionary<string, Jwt> Tokens = new Dictionary<string, Jwt>();

    public static string GetValueOrDefault(
        this IReadOnlyDictionary<string, string[]> values, string name, string defaultValue) {
      string[] found;
      return values.TryGetValue(name, out found) ? string.Join(",", found) : defaultValue;
    }

    public static Jwt AsJwt(this string input) {
      Jwt token;
      return Tokens.TryGetValue(input, out token) ? token : null;
    }
  }
}

namespace Newtonsoft.Json {
  enum Formatting { None, Indented }
}

namespace Newtonsoft.Json.Linq {
  sealed class JToken {
    public readonly string Text;

    JToken(string text) { Text = text; }

    public static implicit operator JToken(int value) { return new JToken(value.ToString()); }
    public static implicit operator JToken(long value) { return new JToken(value.ToString()); }
    public static implicit operator JToken(bool value) { return new JToken(value ? "true" : "false"); }
    public static implicit operator JToken(string value) { return new JToken(Quoted(value)); }

    public static string Quoted(string value) {
      var text = new StringBuilder("\"");
      foreach (var c in value) {
        if (c == '"' || c == '\\') {
          text.Append('\\').Append(c);
        } else if (c == '\n') {
          text.Append("\\n");
        } else if (c == '\t') {
          text.Append("\\t");
        } else if (c < ' ' || c == '\u0085' || c == '\u2028' || c == '\u2029') {
          text.Append("\\u").Append(((int) c).ToString("x4"));
        } else {
          text.Append(c);
        }
      }
      return text.Append('"').ToString();
    }
  }

  sealed class JObject {
    readonly List<KeyValuePair<string, JToken>> properties = new List<KeyValuePair<string, JToken>>();

    public JToken this[string name] {
      set {
        if (properties.Any(p => p.Key == name)) {
          throw new ArgumentException(name + " is there already");
        }
        properties.Add(new KeyValuePair<string, JToken>(name, value));
      }
    }

    public string ToString(Formatting formatting) {
      return "{" + string.Join(",", properties.Select(p => JToken.Quoted(p.Key) + ":" + p.Value.Text)) + "}";
    }
  }
}
