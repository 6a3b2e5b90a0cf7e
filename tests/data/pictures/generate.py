#!/usr/bin/env python3
"""Writes pictures of every kind into reference/, and beside each what Pillow and torchvision make of it.

They are the independent references of tests/unit/picture/picture_render_test.cc and of
tests/unit/featurize/picture_transform_test.cc. Needs Pillow with littlecms, torchvision and numpy. cases.txt has a line
a case: the picture, the frame (width, height, shortest or squash, resized side, filter), the largest and the mean
difference allowed (of 255), and where the expected pixels start in expected.rgb.
"""
import io
import pathlib
import struct
import zlib

import numpy
import torch
from PIL import Image, ImageCms, ImageOps
from torchvision import transforms
from torchvision.transforms import InterpolationMode

FOLDER = pathlib.Path(__file__).resolve().parent / "reference"
FILTERS = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC, "lanczos": InterpolationMode.LANCZOS}
WHITE = (255, 255, 255, 255)
EXACT = (1, 0.02)  # rounding alone
PROFILE = (5, 0.6)  # Aisle applies it after the resize, with more bits
INKS = (8, 2)
BENT = (12, 0.8)  # the profile's curve is far from sRGB's, so that the order shows at edges
OTHER_WAY = (4, 0.25)  # Pillow rounds after the rows of the picture as it is seen, Aisle as it is stored
SHRUNK = (40, 2.0)  # a JPEG decoder's own shrinking


# --- pictures ------------------------------------------------------------------------------------

def scene(width, height, channels=3, seed=1):
    """Waves of several lengths, a bright disc and a dark bar: something in every channel, and edges."""
    y, x = numpy.mgrid[0:height, 0:width] / min(width, height)
    waves = [128 + 60 * numpy.sin(9 * x * (c + 1) + seed) + 50 * numpy.cos(7 * y * (c + 2)) for c in range(channels)]
    picture = numpy.stack(waves, -1)
    picture[(x - 0.6) ** 2 + (y - 0.4) ** 2 < 0.05] += 90
    picture[(x > 0.2) & (x < 0.27)] -= 110
    return numpy.clip(picture, 0, 255).astype(numpy.uint8)


def calm(channels=3):
    """Colours that every space has: what lies outside is cut off, and then it matters whether before the resize or after."""
    return (scene(90, 60, channels).astype(int) * 4 // 10 + 70).astype(numpy.uint8)


def clouds(width, height):
    """Detail of every size, with the spectrum of a photograph."""
    random = numpy.random.default_rng(1)
    distance = numpy.hypot(numpy.fft.fftfreq(height)[:, None], numpy.fft.rfftfreq(width)[None, :])
    distance[0, 0] = 1
    planes = []
    for _ in range(3):
        noise = random.standard_normal(distance.shape) + 1j * random.standard_normal(distance.shape)
        plane = numpy.fft.irfft2(noise / distance ** 1.2, (height, width))
        planes.append(128 + 45 * plane / plane.std())
    return numpy.clip(numpy.stack(planes, -1), 0, 255).astype(numpy.uint8)


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def raw_png(array, colour, bits=8, interlaced=False):
    """A PNG of what Pillow cannot write: 16 bits a channel, or interlaced (Adam7)."""
    height, width = array.shape[:2]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    lines = b""
    for left, top, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        for row in array[top::down, left::across]:
            lines += b"\0" + row.astype(">u2" if bits == 16 else "u1").tobytes() if len(row) else b""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(lines, 9)) + png_chunk(b"IEND", b""))


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def orientation(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


# --- colour profiles (ICC.1, version 2) ----------------------------------------------------------

def profile(kind, space, connection, tags):
    """A profile of the given tags: {b"rTRC": bytes}."""
    tags = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(79), b"cprt": b"text\0\0\0\0none\0",
            b"wtpt": xyz(0.9642, 1, 0.8249)} | tags
    table, data = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    size = start + len(data)
    head = struct.pack(">I4sI4s4s4s12s4s28s", size, b"\0\0\0\0", 0x02400000, kind, space, connection, bytes(12), b"acsp", bytes(28))
    head += struct.pack(">3I", *(round(v * 65536) for v in (0.9642, 1, 0.8249)))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def xyz(x, y, z):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in (x, y, z)))


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256)) + b"\0\0"


def display_p3():
    """Apple's primaries under D50, with a plain gamma of 2.2."""
    return profile(b"mntr", b"RGB ", b"XYZ ", {
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011), b"gXYZ": xyz(0.2920, 0.6922, 0.0419), b"bXYZ": xyz(0.1571, 0.0666, 0.7841),
        b"rTRC": gamma(2.2), b"gTRC": gamma(2.2), b"bTRC": gamma(2.2)})


def dark_grey():
    return profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": gamma(1.4)})


def inks():
    """CMYK to Lab by the corners of the cube (lut8Type with two points an axis)."""
    corners = b""
    for number in range(16):
        cyan, magenta, yellow, black = (number >> 3 & 1, number >> 2 & 1, number >> 1 & 1, number & 1)
        light = max(0.05, 1 - 0.3 * cyan - 0.35 * magenta - 0.08 * yellow) * (1 - 0.85 * black)
        a = (-35 * cyan + 70 * magenta - 5 * yellow) * (1 - black)
        b = (-45 * cyan - 5 * magenta + 85 * yellow) * (1 - black)
        corners += bytes([round(255 * light), max(0, min(255, round(128 + a))), max(0, min(255, round(128 + b)))])
    straight = bytes(range(256))
    lut = (b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
           + straight * 4 + corners + straight * 3)
    return profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": lut})


# --- what Pillow and torchvision make of a picture -----------------------------------------------

def in_srgb(picture):
    own = picture.info.get("icc_profile")
    if not own:
        return picture
    mode = "RGB"
    return ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(own)), ImageCms.createProfile("sRGB"), outputMode=mode)


def upright_rgb(picture):
    picture = in_srgb(ImageOps.exif_transpose(picture))
    if picture.mode in ("RGBA", "LA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, WHITE), picture).convert("RGB")
    return picture.convert("RGB")


def framed(picture, frame):
    width, height, how, resized, name = frame
    size = resized if how == "shortest" else (resized, resized)
    resize = transforms.Resize(size, FILTERS[name]) if name != "lanczos" else lambda p: lanczos(p, size)
    return transforms.CenterCrop((height, width))(resize(picture))


def lanczos(picture, size):
    """torchvision has no name for it before 0.15."""
    if not isinstance(size, tuple):
        short = min(picture.size)
        size = tuple(size if side == short else int(size * side / short) for side in picture.size)
    return picture.resize(size, Image.LANCZOS)


# --- the cases -----------------------------------------------------------------------------------

def pictures():
    """Name -> bytes, and for what Pillow does not read as it should: name -> picture."""
    rgb, alpha = Image.fromarray(scene(90, 60)), Image.fromarray(scene(90, 60, 4))
    grey = Image.fromarray(scene(60, 90)[:, :, 0])
    wide = scene(90, 60).astype(numpy.uint16) * 257 - 3
    frames = [Image.fromarray(scene(64, 48, seed=seed)).quantize(32) for seed in (1, 5, 9)]
    photo = Image.fromarray(clouds(800, 600))
    files = {
        "rgb.png": saved(rgb, "PNG"),
        "wide.png": saved(Image.fromarray(scene(150, 31)), "PNG"),
        "tall.png": saved(Image.fromarray(scene(29, 140)), "PNG"),
        "tiny.png": saved(Image.fromarray(scene(9, 7)), "PNG"),
        "grey.png": saved(grey, "PNG"),
        "bits.png": saved(grey.convert("1"), "PNG"),
        "palette.png": saved(rgb.quantize(16), "PNG"),
        "palette_clear.png": saved(rgb.quantize(16), "PNG", transparency=3),
        "rgba.png": saved(alpha, "PNG"),
        "grey_alpha.png": saved(alpha.convert("LA"), "PNG"),
        "rgb16.png": raw_png(wide, 2, 16),
        "grey16.png": raw_png(wide[:, :, :1], 0, 16),
        "rgba16.png": raw_png(numpy.concatenate([wide, wide[:, ::-1, :1]], -1), 6, 16),
        "interlaced.png": raw_png(scene(90, 60), 2, 8, True),
        "p3.png": saved(Image.fromarray(calm()), "PNG", icc_profile=display_p3()),
        "grey_profile.png": saved(grey, "PNG", icc_profile=dark_grey()),
        "turned.png": saved(rgb, "PNG", exif=orientation(6)),
        "plain.jpg": saved(rgb, "JPEG", quality=90),
        "progressive.jpg": saved(rgb, "JPEG", quality=90, progressive=True),
        "full_colour.jpg": saved(rgb, "JPEG", quality=90, subsampling=0),
        "grey.jpg": saved(grey, "JPEG", quality=90),
        "p3.jpg": saved(Image.fromarray(calm()), "JPEG", quality=90, icc_profile=display_p3()),
        "broken_profile.jpg": saved(rgb, "JPEG", quality=90, icc_profile=b"no profile at all" * 20),
        "cmyk.jpg": saved(Image.fromarray(scene(90, 60, 4), "CMYK"), "JPEG", quality=90),
        "cmyk_profile.jpg": saved(Image.fromarray(calm(4), "CMYK"), "JPEG", quality=90, icc_profile=inks()),
        "lossy.webp": saved(rgb, "WEBP", quality=90),
        "lossless.webp": saved(alpha, "WEBP", lossless=True, exact=True),
        "turned.webp": saved(rgb, "WEBP", quality=90, exif=orientation(8)),
        "moving.webp": saved(frames[0].convert("RGB"), "WEBP", save_all=True, append_images=[f.convert("RGB") for f in frames[1:]]),
        "still.gif": saved(rgb.quantize(32), "GIF"),
        "clear.gif": saved(rgb.quantize(32), "GIF", transparency=5),
        "moving.gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50),
        "photo.jpg": saved(photo, "JPEG", quality=60),
        "photo_odd.jpg": saved(photo.crop((0, 0, 797, 533)), "JPEG", quality=60),
    }
    files |= {f"turned{value}.jpg": saved(rgb, "JPEG", quality=90, exif=orientation(value)) for value in range(1, 9)}
    high = (wide >> 8).astype(numpy.uint8)
    read_by_hand = {
        "rgb16.png": Image.fromarray(high),
        "grey16.png": Image.fromarray(high[:, :, 0]),
        "rgba16.png": Image.fromarray(numpy.concatenate([high, high[:, ::-1, :1]], -1)),
        "broken_profile.jpg": Image.open(io.BytesIO(files["plain.jpg"])),
    }
    return files, read_by_hand


FRAME = (32, 32, "shortest", 36, "bilinear")


def cases(names):
    """(file, frame, differences allowed)"""
    allowed = {"p3.png": PROFILE, "p3.jpg": PROFILE, "grey_profile.png": BENT, "cmyk_profile.jpg": INKS,
               "photo.jpg": SHRUNK, "photo_odd.jpg": SHRUNK}
    allowed |= {f"turned{value}.jpg": OTHER_WAY for value in (5, 6, 7, 8)} | {"turned.png": OTHER_WAY, "turned.webp": OTHER_WAY}
    for name in sorted(names):
        yield name, FRAME, allowed.get(name, EXACT)
    for name in ("rgb.png", "wide.png", "tall.png", "tiny.png", "turned6.jpg", "turned7.jpg"):
        yield name, (32, 32, "shortest", 32, "bicubic"), allowed.get(name, EXACT)
        yield name, (24, 30, "shortest", 41, "lanczos"), allowed.get(name, EXACT)
        yield name, (31, 20, "squash", 31, "bilinear"), allowed.get(name, EXACT)
        yield name, (40, 40, "squash", 45, "bicubic"), allowed.get(name, EXACT)
    for name in ("photo.jpg", "photo_odd.jpg"):
        for resized in (60, 74, 75, 120, 124, 125, 224, 290):
            yield name, (48, 48, "shortest", resized, "bicubic"), SHRUNK


def write_tensor():
    """What a network gets: torchvision's values for one picture, NCHW."""
    picture = framed(Image.open(FOLDER / "rgb.png"), (12, 8, "shortest", 16, "bicubic"))
    tensor = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))(transforms.ToTensor()(picture))
    (FOLDER / "tensor.f32").write_bytes(tensor.to(torch.float32).numpy().astype("<f4").tobytes())


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    files, read_by_hand = pictures()
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)
    pixels, lines = b"", []
    for name, frame, (largest, mean) in cases(files):
        picture = read_by_hand.get(name) or Image.open(io.BytesIO(files[name]))
        lines.append(" ".join(map(str, (name, *frame, largest, mean, len(pixels)))))
        pixels += numpy.asarray(framed(upright_rgb(picture), frame)).tobytes()
    (FOLDER / "cases.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
    (FOLDER / "expected.rgb").write_bytes(pixels)
    write_tensor()


if __name__ == "__main__":
    main()
