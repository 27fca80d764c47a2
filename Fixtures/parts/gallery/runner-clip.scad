// Drawer runner clip: a lever that snaps on a rail, with a thumb rest and a guide pin.
$fn = 64;
difference() {
  union() {
    linear_extrude(12) offset(1) offset(-1) polygon([[0, 0], [58, 0], [62, 6], [54, 9], [50, 5], [24, 5], [20, 16], [32, 20], [31, 24], [12, 20], [10, 6], [0, 6]]);
    translate([6, 3, 0]) cylinder(d = 11, h = 12);
    translate([6, 3, 12]) cylinder(d = 5, h = 7);
    translate([6, 3, 18.9]) cylinder(d1 = 5, d2 = 3.6, h = 1.1);
    for (x = [36 : 3 : 48]) translate([x, 4.6, 0]) cylinder(d = 2, h = 12, $fn = 24);
    translate([24, 2, 0]) cube([14, 3, 17]);
  }
  translate([28, -1, 14]) rotate([-90, 0, 0]) cylinder(d = 3.2, h = 9);
  translate([34, -1, 14]) rotate([-90, 0, 0]) cylinder(d = 3.2, h = 9);
  translate([16, 11, -1]) cylinder(d = 4, h = 20);
}
