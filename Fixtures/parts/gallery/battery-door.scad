// Battery door of a remote control: a curved shell with a snap latch, two hinge tabs and grip ribs.
$fn = 128; l = 62; w = 36; t = 1.8; r = 60;
module skin(o) { intersection() { translate([0, 0, -r + 8]) rotate([0, 90, 0]) cylinder(r = r - o, h = l, center = true); linear_extrude(40) offset(4) square([l - 8 - 2 * o, w - 8 - 2 * o], center = true); } }
difference() {
  union() {
    difference() { skin(0); translate([0, 0, -0.01]) skin(t); }
    for (y = [-10, 10]) translate([l / 2 - 2, y - 3, 1]) cube([6, 6, 1.8]);
    translate([-l / 2 + 0.3, -5, 0]) rotate([0, -8, 0]) cube([1.6, 10, 8]);
    for (i = [0 : 4]) translate([-22 + i * 3, 0, 7.9]) rotate([90, 0, 0]) cylinder(d = 1.3, h = 16 - i * 2.4, center = true, $fn = 24);
    for (x = [-8, 12]) translate([x, -w / 2 + 3, 0.5]) cube([1.2, w - 6, 4.5]);
  }
  translate([-l / 2 - 2, -3, 2.2]) cube([3, 6, 1.5]);
}
