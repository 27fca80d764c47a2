import BureauProtocol
import Domain
import FoundationEssentials
import TestSupport

/// Things as the broker sends them.
enum Samples {
  /// A job that is printed under epoch 3.
  static func job(leased: Bool) throws -> JobView {
    let ambient = Ambient.simulated()
    let (job, order, machine): (JobID, OrderID, MachineID) = (
      ambient.identifier(at: ambient.now()), ambient.identifier(at: ambient.now()),
      ambient.identifier(at: ambient.now())
    )
    let text = """
      {"id": "\(job)", "order": "\(order)", "state": "printing", "version": 4,
       "attempt": 1, "epoch": 3, "leased": \(leased), "started_epoch": 3, "part_name": "Leg cap",
       "quantity": 1, "machine": "\(machine)",
       "profile": {"process": "PBF-LB/P", "material": "PA12", "layer_height_um": 100,
         "tolerance": "m", "finish": "as printed", "orientation": "flat", "certifications": [],
         "inspection": [{"feature": "width", "nominal_mm": 20, "tolerance_mm": 0.3}]},
       "payout": {"minor_units": 640, "currency": "EUR"}, "production_day": "2026-03-02",
       "due_day": "2026-03-09", "actions": []}
      """
    return try JSONDecoder().decode(JobView.self, from: Data(text.utf8))
  }
}
