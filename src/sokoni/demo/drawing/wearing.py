"""What is worn."""

from sokoni.demo.drawing.pen import METAL, WHITE, Colour, Pen, shade


def shirt(pen: Pen, colour: Colour) -> None:
    pen.shape((34, 14), (66, 14), (92, 32), (82, 52), (72, 44), (72, 90), colour=colour)
    pen.shape((34, 14), (8, 32), (18, 52), (28, 44), (28, 90), (72, 90), (66, 14), colour=colour)
    pen.oval((40, 8), (60, 24), shade(colour, 0.7))


def dress(pen: Pen, colour: Colour) -> None:
    pen.shape((36, 10), (44, 18), (56, 18), (64, 10), (68, 40), (32, 40), colour=colour)
    pen.shape((34, 40), (66, 40), (86, 92), (14, 92), colour=colour)
    pen.box((32, 38), (68, 46), shade(colour, 0.7))


def trousers(pen: Pen, colour: Colour) -> None:
    pen.shape((28, 16), (50, 16), (50, 40), (44, 94), (22, 94), colour=colour)
    pen.shape((50, 16), (72, 16), (78, 94), (56, 94), (50, 40), colour=shade(colour, 0.9))
    pen.box((28, 10), (72, 20), shade(colour, 0.7), 2)


def shorts(pen: Pen, colour: Colour) -> None:
    pen.shape((22, 28), (50, 28), (50, 52), (42, 80), (12, 76), colour=colour)
    pen.shape((50, 28), (78, 28), (88, 76), (58, 80), (50, 52), colour=shade(colour, 0.9))
    pen.box((22, 20), (78, 32), shade(colour, 0.7), 3)


def socks(pen: Pen, colour: Colour) -> None:
    for x, one in ((14, colour), (46, shade(colour, 0.85))):
        pen.box((x + 6, 12), (x + 26, 70), one)
        pen.box((x + 6, 58), (x + 42, 84), one, 11)
        pen.box((x + 4, 10), (x + 28, 22), shade(one, 0.7), 3)


def belt(pen: Pen, colour: Colour) -> None:
    pen.arc((8, 22), (92, 82), (0, 360), colour, 11)
    pen.box((38, 66), (62, 92), METAL, 4)
    pen.box((44, 72), (56, 86), shade(colour, 0.8), 2)


def cap(pen: Pen, colour: Colour) -> None:
    pen.oval((14, 20), (78, 96), colour)
    pen.box((10, 60), (96, 72), shade(colour, 0.7), 6)
    pen.oval((40, 14), (52, 26), shade(colour, 0.7))


def shoe(pen: Pen, colour: Colour) -> None:
    pen.shape((10, 30), (36, 30), (52, 52), (86, 60), (94, 76), (10, 76), colour=colour)
    pen.box((6, 72), (96, 84), shade(colour, 0.6), 5)
    for x in (40, 48, 56):
        pen.line((x, 38 + (x - 40)), (x - 8, 46 + (x - 40)), colour=WHITE, width=3)


def sandal(pen: Pen, colour: Colour) -> None:
    pen.box((14, 14), (46, 92), shade(colour, 0.6), 16)
    pen.box((54, 14), (86, 92), shade(colour, 0.6), 16)
    for left in (14, 54):
        pen.line((left + 16, 34), (left + 4, 58), colour=shade(colour, 1.3), width=6)
        pen.line((left + 16, 34), (left + 28, 58), colour=shade(colour, 1.3), width=6)


def boot(pen: Pen, colour: Colour) -> None:
    pen.box((22, 8), (54, 80), colour, 6)
    pen.box((22, 54), (88, 82), colour, 13)
    pen.box((18, 78), (92, 90), shade(colour, 0.6), 4)
    pen.box((20, 8), (56, 18), shade(colour, 0.7), 4)
