import BureauProtocol
import Domain
import FoundationEssentials
import HTTPClient

/// The bureau API as the agent uses it. Answers are decoded strictly; refusals come as the
/// `Problem` that the broker named.
struct BrokerConnection: Sendable {
  let server: String
  private let key: String
  private let http: HTTPClient
  /// More than this of a list is not read: no bureau has so much, whatever a broker says.
  private let elementsMax = 100_000

  init(server: String, key: String, trustedRoots: String?) {
    self.server = server
    self.key = key
    var configuration = HTTPClient.Configuration()
    configuration.trustedRootsFile = trustedRoots
    http = HTTPClient(configuration)
  }

  func shutdown() { http.shutdown() }

  /// Asked without the API key, so that a broker can be known before it is shown the key.
  func trust() async throws -> TrustDocument {
    var request = HTTPRequest(url: server + BureauPaths.trust)
    request.timeoutSeconds = 60
    return try await answer(to: request)
  }

  func bureau() async throws -> BureauView { try await get(BureauPaths.bureau) }

  func enrol(_ statement: SignedStatement) async throws -> BureauView {
    try await send("PUT", BureauPaths.enrolment, EnrolmentRequest(statement: statement))
  }

  /// The first of the open offers, at once or when there are any.
  func firstOffers(waitSeconds: Int) async throws -> [OfferView] {
    let page: OfferList = try await page(BureauPaths.offers, waitSeconds: waitSeconds)
    return page.data
  }

  /// All open offers, at once or when they are others than those that were seen.
  func offers(waitSeconds: Int, seen: String?) async throws -> WholeList<OfferView> {
    try await list(BureauPaths.offers, waitSeconds: waitSeconds, seen: seen, id: \.id.text)
  }

  func accept(_ offer: OfferID) async throws -> JobView {
    try await send("POST", BureauPaths.accept(offer), Nothing())
  }

  /// All jobs that the bureau works on, at once or when they are others than those that were seen.
  func jobs(waitSeconds: Int, seen: String?) async throws -> WholeList<JobView> {
    try await list(
      "\(BureauPaths.jobs)?stage=\(JobStage.work.rawValue)", waitSeconds: waitSeconds, seen: seen,
      id: \.id.text)
  }

  func job(_ id: JobID) async throws -> JobView { try await get(BureauPaths.job(id)) }

  func lease(_ job: JobID, holder: String) async throws -> LeaseView {
    try await send("POST", BureauPaths.lease(job), LeaseRequest(holder: holder))
  }

  func heartbeat(_ job: JobID, epoch: Int) async throws -> LeaseTerm {
    try await send("POST", BureauPaths.heartbeat(job), HeartbeatRequest(epoch: epoch))
  }

  func report(_ job: JobID, _ report: ReportRequest) async throws -> JobView {
    try await send("POST", BureauPaths.reports(job), report)
  }

  /// Fetches a job's package piece by piece.
  func package(_ job: JobID, _ take: ([UInt8]) throws -> Void) async throws {
    let (head, body) = try await http.stream(request("GET", BureauPaths.package(job)))
    guard head.status == 200 else {
      var answer: [UInt8] = []
      for try await piece in body where answer.count < 64 << 10 { answer += piece }
      throw Self.problem(status: head.status, answer)
    }
    for try await piece in body { try take(piece) }
  }

  private struct Nothing: Encodable {}

  /// All pages of a list, with what the first of them says was seen: what changes while the others are
  /// fetched is then a change to be told of.
  private func list<Element: Hashable & Sendable & Codable>(
    _ path: String, waitSeconds: Int, seen: String?, id: (Element) -> String
  ) async throws -> WholeList<Element> {
    let first: WatchedPage<Element> = try await page(path, waitSeconds: waitSeconds, seen: seen)
    var (all, hasMore) = (first.data, first.hasMore)
    while hasMore, let last = all.last, all.count < elementsMax {
      let next: WatchedPage<Element> = try await page(path, after: id(last))
      all += next.data
      hasMore = next.hasMore && !next.data.isEmpty
    }
    return WholeList(elements: all, seen: first.seen)
  }

  private func page<Element: Hashable & Sendable & Codable>(
    _ path: String, waitSeconds: Int = 0, seen: String? = nil, after: String? = nil
  ) async throws -> WatchedPage<Element> {
    var query = "limit=\(Page<Element>.limitMax)&wait=\(waitSeconds)"
    // What a broker gives is hexadecimal; anything else has no business in an address.
    if let seen, seen.allSatisfy({ $0.isASCII && $0.isHexDigit }) { query += "&seen=\(seen)" }
    if let after { query += "&starting_after=\(after)" }
    return try await get(
      "\(path)\(path.contains("?") ? "&" : "?")\(query)",
      timeoutSeconds: Double(waitSeconds) + 30)
  }

  private func get<Answer: Decodable>(
    _ path: String, timeoutSeconds: Double = 60
  ) async throws -> Answer {
    var request = request("GET", path)
    request.timeoutSeconds = timeoutSeconds
    request.idleTimeoutSeconds = timeoutSeconds
    return try await answer(to: request)
  }

  private func send<Answer: Decodable>(
    _ method: String, _ path: String, _ body: some Encodable
  ) async throws -> Answer {
    var request = request(method, path)
    request.headers.append(("Content-Type", "application/json"))
    request.body = .bytes(Array(try JSONEncoder().encode(body)))
    request.timeoutSeconds = 60
    return try await answer(to: request)
  }

  private func request(_ method: String, _ path: String) -> HTTPRequest {
    HTTPRequest(
      method: method, url: server + path, headers: [("Authorization", "Bearer \(key)")])
  }

  private func answer<Answer: Decodable>(to request: HTTPRequest) async throws -> Answer {
    let response = try await http.send(request, maxResponseBytes: 8 << 20)
    guard (200..<300).contains(response.status) else {
      throw Self.problem(status: response.status, response.body)
    }
    do {
      return try JSONDecoder().decode(Answer.self, from: Data(response.body))
    } catch {
      throw Problem(
        .failed, "agent.answer", "The broker's answer is not what this version understands.",
        privateDetail: "\(error)")
    }
  }

  private static func problem(status: Int, _ body: [UInt8]) -> Problem {
    let document = try? JSONDecoder().decode(ProblemDocument.self, from: Data(body))
    return Problem(
      Problem.Class(rawValue: status) ?? (status < 500 ? .invalid : .unavailable),
      document?.code ?? "http.\(status)",
      document?.detail ?? "The broker answered \(status).")
  }
}

/// A list as a whole, and what stands for it.
struct WholeList<Element: Sendable>: Sendable {
  let elements: [Element]
  let seen: String?
}

extension Error {
  /// Whether the same request may succeed a little later.
  var isTransient: Bool {
    switch self {
    case let error as HTTPClientError: error.isTransient
    case let problem as Problem:
      [.failed, .unavailable, .tooMany, .slow].contains(problem.kind)
        && problem.code != "agent.answer"
    default: false
    }
  }
}
