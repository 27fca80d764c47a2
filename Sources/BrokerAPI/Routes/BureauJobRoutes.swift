import BureauProtocol
import Dispatching
import Domain
import HTTPTypes
import Hummingbird
import Vault

/// What a bureau does with offers and jobs.
enum BureauJobRoutes {
  static let all: [Route] = offers + jobs + work

  private static let offers: [Route] = [
    .json(
      .get, "/v1/bureau/offers", for: .bureau,
      "Lists the open offers, oldest first, or waits for others than were seen",
      query: Route.Parameter.page(OfferID.self) + [.seen, .wait], gives: OfferList.self,
      timeLimit: .seconds(60)
    ) { call in
      let (dispatcher, bureau) = (call.useCases.dispatcher, call.tenant)
      let (page, seen) = (try PageRequest<Kinds.Offer>(call.query), call.query["seen"])
      return try await call.waiting { wait in
        try await dispatcher.offers(
          bureau: bureau, limit: page.limit, after: page.after, seen: seen, wait: wait)
      }
    },

    .json(
      .get, "/v1/bureau/offers/{offer}", for: .bureau, "Shows an offer", gives: OfferView.self
    ) { call in
      try await call.useCases.dispatcher.offer(
        try call.id("offer", "offer"), bureau: call.tenant)
    },

    .streaming(
      .get, "/v1/bureau/offers/{offer}/preview", for: .bureau,
      "A picture of the part, where its brand shows it", gives: .bytes("image/png"),
      problems: ["preview.none", "revision.shredded", "vault.record"]
    ) { call in
      let shown = try await call.useCases.dispatcher.picturedRevision(
        try call.id("offer", "offer"), bureau: call.tenant)
      return try await call.useCases.vault.preview(
        brand: shown.brand, design: shown.design, revision: shown.revision
      ).pngResponse
    },

    .json(
      .post, "/v1/bureau/offers/{offer}/accept", for: .bureau,
      "Accepts an offer: consumes the licence and releases the key", gives: JobView.self,
      problems: [
        "offer.*", "bureau.not_enrolled", "match.*", "licence.*", "design.key_type", "release.*",
        "job.state",
        "job.changed",
      ]
    ) { call in
      try await call.useCases.dispatcher.accept(
        try call.id("offer", "offer"), bureau: call.tenant)
    },

    .json(
      .post, "/v1/bureau/offers/{offer}/decline", for: .bureau,
      "Declines an offer; the next bureau is asked", takes: DeclineRequest.self,
      gives: OfferView.self, problems: ["offer.*", "job.state", "job.changed"]
    ) { call, body in
      try await call.useCases.dispatcher.decline(
        try call.id("offer", "offer"), bureau: call.tenant, reason: body.reason)
    },
  ]

  private static let stage = Route.Parameter(
    name: "stage",
    description: "Only those that the bureau works on, or that wait for carrier or person",
    schema: ["type": "string", "enum": .array(JobStage.allCases.map { .text($0.rawValue) })])

  private static let jobs: [Route] = [
    .json(
      .get, "/v1/bureau/jobs", for: .bureau,
      "Lists unfinished jobs, oldest first, or waits for others than were seen",
      query: Route.Parameter.page(JobID.self) + [stage, .seen, .wait], gives: JobList.self,
      timeLimit: .seconds(60)
    ) { call in
      let (dispatcher, bureau) = (call.useCases.dispatcher, call.tenant)
      let (page, seen) = (try PageRequest<Kinds.Job>(call.query), call.query["seen"])
      let stage: JobStage? = try call.query.named("stage")
      return try await call.waiting { wait in
        try await dispatcher.jobs(
          bureau: bureau, stage: stage, limit: page.limit, after: page.after, seen: seen,
          wait: wait)
      }
    },

    .json(.get, "/v1/bureau/jobs/{job}", for: .bureau, "Shows a job", gives: JobView.self) {
      call in
      try await call.useCases.dispatcher.job(try call.id("job", "job"), bureau: call.tenant)
    },

    .streaming(
      .get, "/v1/bureau/jobs/{job}/package", for: .bureau,
      "The print package: signed manifest, sealed ticket, sealed files",
      gives: .bytes("application/x-tar"),
      problems: [
        "package.*", "job.state", "revision.withdrawn", "revision.shredded", "design.key_type",
        "release.*",
      ]
    ) { call in
      let job: JobID = try call.id("job", "job")
      let package = try await withTimeLimit(.seconds(60), on: globalConcurrentExecutor) {
        try await call.useCases.dispatcher.package(of: job, bureau: call.tenant)
      }
      return Download(channel: call.context.channel).response(
        package, totalBytes: package.totalBytes,
        headers: [
          .contentType: "application/x-tar",
          .contentDisposition: "attachment; filename=\"\(job).tar\"",
        ])
    },
  ]

  private static let work: [Route] = [
    .json(
      .post, "/v1/bureau/jobs/{job}/lease", for: .bureau,
      "Takes the exclusive hold on a job", takes: LeaseRequest.self, gives: LeaseView.self,
      problems: [
        "lease.*", "job.state", "job.changed", "revision.withdrawn", "revision.shredded",
        "design.key_type",
        "release.revision",
      ]
    ) { call, body in
      try await call.useCases.dispatcher.lease(
        try call.id("job", "job"), bureau: call.tenant, holder: body.holder)
    },

    .json(
      .post, "/v1/bureau/jobs/{job}/heartbeat", for: .bureau, "Keeps a lease",
      takes: HeartbeatRequest.self, gives: LeaseTerm.self, problems: ["lease.*", "job.state"]
    ) { call, body in
      try await call.useCases.dispatcher.heartbeat(
        try call.id("job", "job"), bureau: call.tenant, epoch: body.epoch)
    },

    .json(
      .post, "/v1/bureau/jobs/{job}/reports", for: .bureau,
      "Reports a step; the same report again is answered as before", takes: ReportRequest.self,
      gives: JobView.self,
      problems: [
        "lease.*", "report.*", "completion.*", "licence.*", "job.state", "job.changed",
      ]
    ) { call, body in
      try await call.useCases.dispatcher.report(
        try call.id("job", "job"), bureau: call.tenant, body)
    },

    .json(
      .post, "/v1/bureau/jobs/{job}/delivered", for: .bureau,
      "Says that the carrier has delivered", gives: JobView.self,
      problems: ["job.state", "job.changed"]
    ) { call in
      try await call.useCases.dispatcher.carrierDelivered(
        try call.id("job", "job"), bureau: call.tenant)
    },

    .json(
      .post, "/v1/bureau/jobs/{job}/lost", for: .bureau,
      "Says that the carrier has lost the parcel; the brand decides what follows",
      takes: LostRequest.self, gives: JobView.self,
      problems: ["order.reason", "report.stale_attempt", "job.state", "job.changed"]
    ) { call, body in
      try await call.useCases.dispatcher.carrierLost(
        try call.id("job", "job"), bureau: call.tenant, body)
    },
  ]
}
