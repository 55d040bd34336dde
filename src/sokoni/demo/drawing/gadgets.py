"""What runs on electricity."""

from sokoni.demo.drawing.pen import DARK, METAL, WHITE, Colour, Pen, label, shade


def plug(pen: Pen, colour: Colour) -> None:
    pen.line((38, 8), (38, 30), colour=METAL, width=6)
    pen.line((62, 8), (62, 30), colour=METAL, width=6)
    pen.box((24, 26), (76, 62), colour, 9)
    pen.arc((50, 46), (86, 94), (90, 200), shade(colour, 0.7), 5)
    pen.line((50, 62), (50, 72), colour=shade(colour, 0.7), width=5)


def cable(pen: Pen, colour: Colour) -> None:
    pen.arc((18, 24), (82, 88), (0, 290), colour, 6)
    pen.box((44, 10), (66, 34), DARK, 4)
    pen.box((49, 4), (61, 12), METAL)


def battery(pen: Pen, colour: Colour) -> None:
    pen.box((40, 8), (60, 18), METAL, 3)
    pen.box((26, 16), (74, 92), colour, 7)
    pen.box((26, 16), (74, 38), DARK, 7)
    pen.shape((54, 44), (38, 66), (49, 66), (46, 84), (62, 60), (51, 60), colour=WHITE)


def phone(pen: Pen, colour: Colour) -> None:
    pen.box((28, 6), (72, 94), colour, 9)
    pen.box((33, 16), (67, 82), shade(colour, 1.5), 3)
    pen.oval((46, 84), (54, 92), WHITE)


def earphones(pen: Pen, colour: Colour) -> None:
    pen.arc((16, 12), (84, 84), (180, 360), colour, 7)
    pen.box((10, 46), (30, 82), colour, 8)
    pen.box((70, 46), (90, 82), colour, 8)


def speaker(pen: Pen, colour: Colour) -> None:
    pen.line((70, 8), (58, 26), colour=METAL, width=3)
    pen.box((10, 24), (90, 86), colour, 8)
    pen.oval((18, 34), (58, 76), shade(colour, 0.6))
    pen.oval((28, 44), (48, 66), shade(colour, 1.4))
    for y in (40, 54, 68):
        pen.line((66, y), (82, y), colour=WHITE, width=3)


def memory(pen: Pen, colour: Colour) -> None:
    pen.shape((24, 10), (62, 10), (76, 26), (76, 92), (24, 92), colour=colour)
    for x in (32, 42, 52):
        pen.box((x, 16), (x + 6, 32), (222, 190, 96))
    label(pen, (32, 48), (68, 78), colour)


def mouse(pen: Pen, colour: Colour) -> None:
    pen.line((50, 4), (50, 22), colour=DARK, width=3)
    pen.box((28, 20), (72, 92), colour, 22)
    pen.line((50, 30), (50, 44), colour=WHITE, width=5)


def bulb(pen: Pen, colour: Colour) -> None:
    pen.oval((22, 6), (78, 66), (250, 214, 96))
    pen.shape((34, 56), (66, 56), (60, 74), (40, 74), colour=(250, 214, 96))
    pen.box((38, 72), (62, 92), METAL, 4)
    pen.line((40, 82), (60, 82), colour=colour, width=3)


def torch(pen: Pen, colour: Colour) -> None:
    pen.shape((8, 24), (8, 74), (34, 62), (34, 36), colour=shade(colour, 0.7))
    pen.box((32, 36), (92, 62), colour, 6)
    pen.oval((4, 24), (14, 74), (250, 214, 96))
    pen.box((52, 32), (64, 38), DARK, 2)
