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
      --batch they share what the bureaus can take. What the files hold is in Sources/Matching/Matching.md.
      """)

  @Option(help: ArgumentHelp("The bureaus (JSON).", valueName: "file"))
  var network: String

  @Option(
    help: ArgumentHelp(
      "The requests, one JSON object a line; - for standard input.", valueName: "file"))
  var requests: String

  @Option(help: "What makes a bureau better than another.")
  var policy = MatchPolicy.balanced

  @Flag(help: "Assign all requests together, under what the bureaus can take.")
  var batch = false

  @Option(
    help: ArgumentHelp(
      "An earlier answer to the same requests: with --batch, as few as possible are moved.",
      valueName: "file"))
  var keep: String?

  @Option(
    help: ArgumentHelp(
      "What a further request for the same place saves at the same bureau, with --batch: in km for nearest, else in points "
        + "of score.", valueName: "saving"))
  var bonus = 0.0

  @Flag(help: "Say of every bureau why it can or cannot make it.")
  var explain = false

  @Option(help: ArgumentHelp("Answer the request with this id alone.", valueName: "id"))
  var only: String?

  @Option(
    help: ArgumentHelp(
      "Draw the decision as a map (SVG): of a file of several requests, of the one that --only names.",
      valueName: "svg"))
  var map: String?

  @Flag(help: "Write for a person to read, instead of JSON.")
  var text = false

  func validate() throws {
    _ = try policy.ranking()
    guard batch || (keep == nil && bonus == 0) else {
      throw ValidationError("--keep and --bonus are for --batch.")
    }
    guard (0...1e6).contains(bonus) else {
      throw ValidationError("--bonus lies between 0 and 1000000.")
    }
    guard network != "-" || requests != "-" else {
      throw ValidationError("Only one of --network and --requests can be standard input.")
    }
  }

  func run() throws {
    let ranking = try policy.ranking()
    let index = try NetworkFile.read(network).index()
    let output = try OutputFile(nil, secret: false)
    let picture = try map.map { map in
      for input in [network, requests] + (keep.map { [$0] } ?? []) {
        try checkOutput(map, isNot: input)
      }
      return try OutputFile(map, secret: false)
    }
    var drawn: DecisionMap?
    func answer(_ request: MatchedRequest, assigned: RankedBureau?) throws {
      let ranked = index.best(MatchAnswer.rankedMax, for: request.request, by: ranking)
      let chosen = batch ? assigned : ranked.first
      if picture != nil {
        guard drawn == nil else {
          throw Problem(
            .invalid, "match.map", "A map is of one request; --only says which of the file's.")
        }
        drawn = DecisionMap(request, assigned: chosen, ranked: ranked, in: index, by: ranking)
      }
      try output.write(bytes(request, chosen, ranked, index, ranking))
    }
    if batch {
      var all: [MatchedRequest] = []
      try MatchedRequest.forEach(in: requests) { all.append($0) }
      let together = try MatchBatch(
        all, in: index, by: policy, kept: try keep.map(KeptAnswers.read), bonus: bonus)
      for (request, assigned) in zip(all, together.assigned) where isWanted(request) {
        try answer(request, assigned: assigned)
      }
      Terminal.write(together.summary, to: .standardError)
    } else {
      try MatchedRequest.forEach(in: requests) { request in
        if isWanted(request) { try answer(request, assigned: nil) }
      }
    }
    try output.finish()
    guard let picture else { return }
    guard let drawn else {
      throw Problem(
        .absent, "match.map",
        "There is no request to draw\(only.map { " with the id \($0)" } ?? "").")
    }
    try picture.write(Array(drawn.svg.utf8))
    try picture.finish()
  }

  private func isWanted(_ request: MatchedRequest) -> Bool { only.map { $0 == request.id } ?? true }

  /// The bytes of an answer.
  private func bytes(
    _ request: MatchedRequest, _ assigned: RankedBureau?, _ ranked: [RankedBureau],
    _ index: NetworkIndex, _ ranking: Ranking
  ) throws -> [UInt8] {
    if text {
      let report = MatchReport(
        request, assigned: assigned, ranked: ranked, in: index, by: ranking, explained: explain)
      return Array(report.text.utf8)
    }
    let answer = MatchAnswer(
      request, assigned: assigned, ranked: ranked, in: index, explainedBy: explain ? ranking : nil)
    return Array((try jsonText(answer) + "\n").utf8)
  }
}
