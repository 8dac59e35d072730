"""Writes the files of this folder, but for written.parquet, which it reads: pip install pyarrow==26.0.1 pillow numpy; python make.py"""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


def png(row):
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40 + row
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def write(name, columns, schema=None, **options):
    pq.write_table(pa.table(columns, schema=schema), name, **options)


STRUCT = pa.struct([("bytes", pa.binary()), ("path", pa.string())])

# as Hugging Face's datasets writes them, with the names of the classes in the footer
names = {"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}
write(
    "images-struct-snappy.parquet",
    [
        pa.array([{"bytes": png(i), "path": f"{i}.png"} for i in range(5)], STRUCT),
        pa.array([0, 1, 1, 0, 1], pa.int64()),
    ],
    pa.schema(
        [("image", STRUCT), ("label", pa.int64())], metadata={"huggingface": json.dumps(names)}
    ),
    compression="snappy",
    row_group_size=2,
)
write(
    "images-binary-plain.parquet",
    {"label": pa.array([3, 7, 3], pa.uint8()), "img": pa.array([png(i) for i in range(3)], pa.binary())},
    compression="none",
    use_dictionary=False,
)
write(
    "images-with-ids.parquet",
    {"id": pa.array(["x", "y", "z"]), "image": pa.array([png(i) for i in range(3)], pa.binary())},
    compression="zstd",
)
write(
    "texts-zstd.parquet",
    {
        "id": pa.array(range(7)),
        "text": pa.array(["good", "bad", "größer", "", "bad", "fine", "worse"]),
        "label": pa.array(["ham", "spam", "ham", "ham", "spam", "ham", "spam"]).dictionary_encode(),
    },
    compression="zstd",
    row_group_size=3,
)
rows = [[i + 0.5, -i, i * 0.25] for i in range(7)]
write(
    "features-list-gzip.parquet",
    {"features": pa.array(rows, pa.list_(pa.float32())), "label": pa.array([i % 3 for i in range(7)], pa.int32())},
    compression="gzip",
    row_group_size=3,
)
write(
    "features-fixed-v2.parquet",
    {"features": pa.array(rows, pa.list_(pa.float64(), 3)), "label": pa.array([i % 3 for i in range(7)])},
    compression="zstd",
    data_page_version="2.0",
    version="2.6",
    use_dictionary=False,
    column_encoding={"features.list.element": "BYTE_STREAM_SPLIT", "label": "DELTA_BINARY_PACKED"},
)

write("features-tenths.parquet", {"features": [[0.1, 0.2, 0.3]], "label": pa.array([0], pa.int32())}, compression="none")

# what is refused
write("null-text.parquet", {"text": pa.array(["a", "b", None]), "label": pa.array([1, 2, 3])}, row_group_size=2)
write("null-label.parquet", {"text": pa.array(["a", "b", "c"]), "label": pa.array([1, None, 3])})
write("null-image.parquet", {"image": pa.array([{"bytes": png(0), "path": ""}, None], STRUCT)})
write("null-bytes.parquet", {"image": pa.array([{"bytes": png(0), "path": ""}, {"bytes": None, "path": "x.png"}], STRUCT)})
write("null-list.parquet", {"features": pa.array([[1, 2], None], pa.list_(pa.float32()))})
write("null-feature.parquet", {"features": pa.array([[1, 2], [3, None]], pa.list_(pa.float32()))})
write("nan-feature.parquet", {"features": pa.array([[1, 2], [3, float("nan")]], pa.list_(pa.float32()))})
write("ragged.parquet", {"features": pa.array([[1, 2], [3, 4], [5]], pa.list_(pa.float32()))}, row_group_size=2)
write("nested.parquet", {"features": pa.array([[[1.0, 2.0]]])})
write("null-id.parquet", {"id": pa.array([1, None]), "image": pa.array([png(0), png(1)])})
write("no-image.parquet", {"image": pa.array([png(0), b"no image"])})
write("odd-label.parquet", {"text": ["a"], "label": pa.array([1.5])})
write("date-label.parquet", {"text": ["a"], "label": pa.array([1], pa.date32())})
write("brotli.parquet", {"text": ["a"], "label": [1]}, compression="brotli")
latin = pa.array([b"gr\xfc\xdfe"], pa.binary())  # in ISO 8859-1
filler = pa.array(["\ufffd", "a"])
write("latin-text.parquet", {"text": pa.concat_arrays([filler, latin.view(pa.string())])}, compression="none")
write("latin-label.parquet", {"text": ["a"], "label": latin.view(pa.string())}, compression="none")
write("latin-id.parquet", {"id": latin.view(pa.string()), "image": pa.array([png(0)])}, compression="none")
write("nothing-known.parquet", {"sentence": ["a"], "label": [1]})
write("empty.parquet", {"text": pa.array([], pa.string()), "label": pa.array([], pa.int64())})

# written by ParquetTableTest's rows, read here
rows = pq.read_table("written.parquet").to_pylist()
assert rows[0] == {"id": "a", "label": 1, "score": 0.5}, rows
assert rows[1]["id"] == "größer" and rows[1]["label"] == -7 and rows[1]["score"] != rows[1]["score"], rows
