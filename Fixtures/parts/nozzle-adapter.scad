// Vacuum-cleaner nozzle adapter: a 32 mm tube to a 35 mm nozzle.
//
// The lower end receives the nozzle's spigot and has a window for its spring latch; the upper
// end is a tapered spigot for the hose. Between them, a cone and grip ribs. Stands on the
// wide end.

wide_inner = 35.4;    // socket for the 35 mm nozzle, at its mouth
wide_depth = 32;
narrow_outer = 32.0;  // spigot for the hose, at its root
narrow_length = 34;
taper = 0.6;          // change of diameter along either fit
wall = 2.6;
cone_length = 20;
rib_count = 30;
latch_width = 9;
latch_height = 6;

$fn = 96;
e = 0.01;

wide_outer = wide_inner + 2 * wall;
height = wide_depth + cone_length + narrow_length;

// Outside and inside in one outline: the part is a solid of revolution but for its details.
module shell() {
  ro = wide_outer / 2;
  ri = wide_inner / 2;
  no = narrow_outer / 2;
  ni = no - wall;
  cone = wide_depth + cone_length;
  rotate_extrude()
    polygon([
      [ri + 1, 0], [ro - 0.8, 0], [ro, 0.8],
      // a stiff collar around the mouth
      [ro + 1.6, 2.2], [ro + 1.6, 4.6], [ro, 6.2], [ro, wide_depth],
      // the cone, with a soft shoulder
      [ro - 0.6, wide_depth + 2.5], [no + 0.9, cone - 2], [no + 0.9, cone],
      [no, cone + 0.9],
      // the spigot, with a lead-in
      [no - taper / 2, height - 1.2], [no - taper / 2 - 1, height],
      [ni - taper / 2 + 0.5, height], [ni - taper / 2, height - 0.6],
      [ni, cone], [ni, cone - 1],
      // the stop that the nozzle's spigot meets
      [ri - taper / 2 - 1.6, wide_depth + 2.2], [ri - taper / 2 - 1.6, wide_depth],
      [ri - taper / 2, wide_depth - 0.8], [ri, 1]
    ]);
}

// Two flats on the collar, so that the part does not roll off a table.
module flats() {
  for (s = [-1, 1])
    translate([0, s * (wide_outer / 2 + 2.4), 3]) cube([30, 3.2, 12], center = true);
}

// Grip ribs on the wide end, pointed at the top and bottom.
module grip() {
  for (i = [0 : rib_count - 1])
    rotate([0, 0, (i + 0.5) * 360 / rib_count])
      if (abs(((i + 0.5) * 360 / rib_count + 180) % 360 - 180) > 22)
        translate([wide_outer / 2 - 0.2, 0, 0]) hull() {
          translate([0, 0, 11]) cylinder(r = 1.1, h = 15, $fn = 16);
          translate([-0.9, 0, 8.5]) cylinder(r = 0.5, h = 20, $fn = 16);
        }
}

// The latch: a window for the spring button, and a groove inside that leads it there.
module latch() {
  translate([wide_inner / 2 - 2, 0, 15]) rotate([0, 90, 0])
    linear_extrude(8) offset(1.5) square([latch_height - 3, latch_width - 3], center = true);
  translate([wide_inner / 2 - 2, 0, -e])
    linear_extrude(15) polygon([
      [0, -2.6], [3.1, -2.2], [3.1, 2.2], [0, 2.6]
    ]);
  // a flared mouth for the groove
  translate([wide_inner / 2 + 0.6, 0, -e])
    linear_extrude(2.5, scale = [1, 0.6]) square([1.2, 8], center = true);
}

// A groove near the tip of the spigot for a sealing ring of 1.5 mm section.
module seal_groove() {
  translate([0, 0, height - 12]) difference() {
    cylinder(r = 30, h = 2.2);
    translate([0, 0, -e]) cylinder(d = narrow_outer - 2.4, h = 3);
  }
}

// A pad around the window, with an arrow that shows the way in.
module pad() {
  intersection() {
    difference() {
      cylinder(d = wide_outer + 2, h = 31);
      translate([0, 0, -e]) cylinder(d = wide_outer - 0.4, h = 32);
    }
    translate([wide_outer / 2, 0, 7.5]) rotate([90, 0, 90])
      linear_extrude(12, center = true)
        translate([0, 8.5]) offset(2) square([11, 12], center = true);
  }
}

module arrow() {
  translate([wide_outer / 2 + 0.5, 0, 20.2]) rotate([90, 0, 90])
    linear_extrude(3) polygon([[-2.5, 0], [2.5, 0], [0, 2.8]]);
}

difference() {
  union() {
    shell();
    grip();
    pad();
  }
  flats();
  latch();
  seal_groove();
  arrow();
}
