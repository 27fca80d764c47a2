import ArgumentParser
import BrokerServer
import Dispatching
import Domain
import Vault

struct Recover: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract:
      "Bring a broker back to service whose database or payloads were restored from a backup.",
    discussion: """
      Works on the files, while no server does. It shows what is known to be missing, asks, and then \
      raises the generation in the database and in the state file beside the key ring, ends every lease, \
      withdraws open offers and holds unfinished jobs, so that brands decide on them. The server starts \
      again afterwards.
      """)

  @OptionGroup var installation: InstallationOptions
  @Flag(help: "Do not ask.") var yes = false
  @Flag(help: "Recover although nothing is known to be missing: the state file was restored too.")
  var force = false
  @Flag(help: "Only the state file was lost: the database is the one that the server last used.")
  var trustDatabase = false
  @Flag(help: "Print JSON instead of sentences: what was known, and what was done. Takes --yes.")
  var json = false

  func validate() throws {
    guard !force || !trustDatabase else {
      throw ValidationError("Give either --force or --trust-database.")
    }
    guard !json || yes else {
      throw ValidationError("--json shows nothing before it is done, so that it takes --yes.")
    }
  }

  func run() async throws {
    let recovery = try await Recovery(
      dataDirectory: installation.data, keyRingPath: installation.keyRing,
      passphrase: try installation.passphrase(),
      isForced: force, trustsDatabase: trustDatabase, ambient: .system)
    guard recovery.plan.isNeeded else {
      try await recovery.close()
      return Terminal.write(
        json
          ? try jsonText(Answer(plan: recovery.plan, report: nil))
          : "Nothing is known to be missing; nothing was changed. If database and state file were both "
            + "restored, use --force.")
    }
    if !json { show(recovery.plan) }
    guard try yes || Question.isAgreed("Recover?", code: "recover.confirm") else {
      try await recovery.close()
      throw Problem(.conflict, "recover.not_confirmed", "Nothing was changed.")
    }
    let report = try await recovery.run()
    if json { return Terminal.write(try jsonText(Answer(plan: recovery.plan, report: report))) }
    show(report, recovery.plan)
  }

  private struct Answer: Encodable {
    let plan: Recovery.Plan
    /// Nil where nothing was to be done.
    let report: Recovery.Report?
  }

  private func show(_ plan: Recovery.Plan) {
    if let reason = plan.reason { say("The server refuses these data: \(reason)") }
    say(
      "The database ends at ledger entry \(plan.lastEntry)"
        + (plan.lastEntryAt.map { ", \($0)" } ?? "") + ".")
    if let known = plan.knownEntry {
      say(
        "Known is entry \(known)" + (plan.knownAt.map { ", \($0)" } ?? "")
          + (known > plan.lastEntry ? ": at least \(known - plan.lastEntry) are lost." : "."))
    } else if plan.raisesGeneration {
      say("How far the newest database had come is not known.")
    }
    for lost in plan.lostFiles {
      say("Lost file  \(lost.file)  design \(lost.design)  brand \(lost.brand)")
    }
    for lost in plan.lostUploads {
      say(
        "Upload without a piece  \(lost.upload)  design \(lost.design)  brand \(lost.brand): it has to "
          + "begin anew")
    }
    if plan.foundFiles > 0 { say("Files that are there again: \(plan.foundFiles)") }
  }

  private func show(_ report: Recovery.Report, _ plan: Recovery.Plan) {
    if !report.jobs.isEmpty {
      var table = Table("order", "job", "was", "bureau", "brand")
      for job in report.jobs {
        table.add(
          job.order.text, job.id.text, job.state.rawValue, job.bureau?.text ?? "–", job.brand.text)
      }
      table.print()
      say(
        "Held: \(report.jobs.count). Their brands decide: `everpart brand reassign`, `abandon` or "
          + "`retry`, after a word with the bureau.")
    }
    let presumed = report.jobs.filter { $0.presumedUnits > 0 }
    if !presumed.isEmpty {
      say(
        "Jobs that were offered: \(presumed.count). The bureau may have accepted and got the key, so "
          + "that their units (\(presumed.reduce(0) { $0 + $1.presumedUnits })) count as consumed.")
    }
    guard let lost = report.lostEntries else {
      return say("Recovered. Start the server.")
    }
    say(
      "Generation \(report.generation). Entries from \(lost.from)"
        + (lost.to.map { " to \($0)" } ?? " on")
        + " are lost, and those numbers are given out again.")
    say(
      """
      What this database cannot know, and you may have to tell:
        Keys that were released since are not counted: a licence may have been used for more units than \
      it shows. Ask bureaus for packages whose jobs nobody finds here.
        Orders that were placed since are gone; customers have to place them again.
        Revisions that were withdrawn since are for sale again: brands have to withdraw them anew.
        Designs that were shredded since have their keys again, and the reports on them are gone: brands \
      have to shred them anew (`everpart brand shred`). Where their payloads are restored too, the designs open.
        API keys that were revoked since are valid again, and those made since are not. The same holds \
      for what bureaus enrolled.
      Recovered. Start the server.
      """)
  }

  private func say(_ text: String) {
    Terminal.write(Terminal.wrappedLines(text, on: .standardOutput))
  }
}
