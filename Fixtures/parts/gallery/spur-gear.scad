// Spur gear with a hub, six holes and a keyway: 24 teeth, module 2.
teeth = 24; m = 2; width = 10; bore = 10;
$fn = 96; r = teeth * m / 2;
module tooth() { polygon([[-2.6, 0], [-1.55, m * 1.25], [-0.55, m * 2.2], [0.55, m * 2.2], [1.55, m * 1.25], [2.6, 0]]); }
difference() {
  union() {
    linear_extrude(width) { circle(r - 1.25 * m); for (i = [0 : teeth - 1]) rotate(i * 360 / teeth) translate([0, r - 1.4 * m]) tooth(); }
    cylinder(d = 22, h = 18);
    translate([0, 0, 17]) cylinder(d1 = 22, d2 = 20, h = 1.5);
  }
  translate([0, 0, width - 2.5]) difference() { cylinder(r = 18.5, h = 5); cylinder(d = 22, h = 20, center = true); }
  for (i = [0 : 5]) rotate(i * 60) translate([15, 0, -1]) cylinder(d = 5, h = 30);
  translate([0, 0, -1]) cylinder(d = bore, h = 40);
  translate([-1.5, 0, -1]) cube([3, bore / 2 + 1.8, 40]);
}
