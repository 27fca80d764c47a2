import ArgumentParser
import Domain
import Matching

struct MatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match",
    abstract: "Choose a qualified bureau for each request, and say why.",
    discussion: """
      Writes one JSON object for each line of the requests: the bureau, the ten best, and how many the others are and \
      why not. A bureau must run the process, have the material, have room for the part however it is turned about its axes, \
      be certified on the production date, ship to the country, and take another job. --explain says it of every bureau; \
      --text is for reading. Without --batch each request is answered by itself, as if it were the only one; with \
      --batch they share what the bureaus can take. What the files hold is in Files.md.
      """)

  @Option(help: ArgumentHelp("The bureaus (JSON).", valueName: "file"))
  var network: String

  @Option(
    help: ArgumentHelp(
      "The requests, one JSON object a line; - for standard input.", valueName: "file"))
  var requests: String

  @Option(help: "What makes a bureau better than another.")
  var policy = MatchPolicy.balanced

  @Flag(help: "Say of every bureau why it can or cannot make it.")
  var explain = false

  @Flag(help: "Write for a person to read, instead of JSON.")
  var text = false

  func validate() throws {
    _ = try policy.ranking()
    guard network != "-" || requests != "-" else {
      throw ValidationError("Only one of --network and --requests can be standard input.")
    }
  }

  func run() throws {
    let ranking = try policy.ranking()
    let index = try NetworkFile.read(network).index()
    let output = try OutputFile(nil, secret: false)
    try MatchedRequest.forEach(in: requests) { request in
      let ranked = index.best(MatchAnswer.rankedMax, for: request.request, by: ranking)
      if text {
        let report = MatchReport(
          request, assigned: ranked.first, ranked: ranked, in: index, by: ranking,
          explained: explain)
        try output.write(Array(report.text.utf8))
      } else {
        let answer = MatchAnswer(
          request, assigned: ranked.first, ranked: ranked, in: index,
          explainedBy: explain ? ranking : nil)
        try output.write(Array((jsonText(answer) + "\n").utf8))
      }
    }
    try output.finish()
  }
}
