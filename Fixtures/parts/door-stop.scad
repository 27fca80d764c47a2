// Door stop for a railway carriage's interior door.
//
// The block stands on two dowels and two M5 countersunk screws; the door meets a fluted face
// that a hollow chamber lets give. Base on the plate.

length = 72;          // along the door's path
width = 34;
base_height = 9;
tower_length = 30;
tower_width = 30;
tower_height = 42;
corner = 5;           // radius of the vertical corners
chamfer = 1.2;
screw = 5.5;          // clearance hole for M5
head = 10.4;          // countersunk head, ISO 10642, 90 degrees
screw_pitch = 17;

front = -length / 2 + 1;  // of the tower

$fn = 96;
e = 0.01;

// A block with round vertical corners and chamfered edges, centred in x and y.
module block(l, w, h, r, c) {
  hull() {
    translate([0, 0, c]) rounded(l, w, h - 2 * c, r);
    rounded(l - 2 * c, w - 2 * c, h, r - c);
  }
}

module rounded(l, w, h, r) {
  linear_extrude(h) offset(r) square([l - 2 * r, w - 2 * r], center = true);
}

// Countersunk from above; the shank goes through the base.
module screw_hole(top) {
  sink = (head - screw) / 2;
  translate([0, 0, -e]) cylinder(d = screw, h = top + 2 * e);
  translate([0, 0, top - sink - 0.6]) cylinder(d1 = screw, d2 = head, h = sink);
  translate([0, 0, top - 0.6 - e]) cylinder(d = head, h = 40);
}

// Gussets between base and tower, behind the bumper.
module gussets() {
  for (y = [-11, 11])
    translate([0, y + 2, 0]) rotate([90, 0, 0])
      linear_extrude(4)
        polygon([[-6, base_height - e], [17, base_height - e], [-6, tower_height - 7]]);
}

// The face the door meets: five upright half-round flutes, the foremost thing on the part.
module bumper() {
  for (i = [-2 : 2])
    translate([front + 0.4, i * 4.4, base_height + 3])
      hull() {
        cylinder(r = 2.4, h = tower_height - base_height - 8, $fn = 48);
        translate([0, 0, -1.5]) sphere(r = 0.6, $fn = 24);
        translate([0, 0, tower_height - base_height - 6.5]) sphere(r = 0.6, $fn = 24);
      }
}

// The chamber behind the face, open below so that powder falls out: a slot with a pointed
// roof, which prints without support.
module chamber() {
  translate([front + 4, 0, 0]) rotate([90, 0, 0])
    linear_extrude(22, center = true)
      polygon([[0, -e], [6, -e], [6, 30], [3, 34], [0, 30]]);
}

// Relief under the base: it stands on its rim and does not rock on an uneven floor.
module relief() {
  translate([5, 0, -e]) linear_extrude(1.2 + e) offset(2) square([14, 18], center = true);
}

// Dowel holes below the tower keep the stop from turning.
module dowel_holes() {
  for (y = [-9, 9])
    translate([front + 20, y, -e]) {
      cylinder(d = 4.1, h = 8);
      cylinder(d1 = 5.1, d2 = 4.1, h = 0.6);
    }
}

difference() {
  union() {
    block(length, width, base_height, corner, chamfer);
    translate([front + tower_length / 2, 0, 0])
      block(tower_length, tower_width, tower_height, corner, chamfer);
    gussets();
    bumper();
  }
  chamber();
  relief();
  dowel_holes();
  for (y = [-1, 1])
    translate([length / 2 - 9, y * screw_pitch / 2, 0]) screw_hole(base_height);
}
