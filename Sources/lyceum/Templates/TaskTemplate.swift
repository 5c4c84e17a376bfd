// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What `task init` writes: a line is to be fitted to noisy points. Small, complete, passes `task check`.
enum TaskTemplate {
  static func files(name: String) -> [String: String] {
    [
      "task.yaml": """
      id: \(name)
      version: 1
      title: Fit a line to noisy points
      area: regression
      definition: |
        /data/train.csv holds points (x, y) near an unknown line. Predict y for every x of /data/validation.csv and
        /data/test.csv: write predictions.csv with the lines `split,index,y`, where split is `validation` or `test`
        and index counts from 0 in the file's order. Scored by the mean squared error, lower is better.
        `python3 fit.py` makes a first submission.
      avoid:
        - Do not read anything but /data and the workspace.
      metrics:
        - {name: mse, direction: lower, primary: true, range: [0, null], baseline: 32.6918, reference: 0.9729, tolerance: 0.001}
      limits: {steps: 20, step_seconds: 60, trial_seconds: 600, memory_mb: 512, processes: 64, cpus: 1}
      profile: default
      workspace: {path: /home/agent/work, template: workspace}
      packages: [python3]
      prepare: /usr/bin/python3 prepare.py
      starter: /usr/bin/python3 fit.py
      params: params.json
      submission: {files: [predictions.csv]}
      grader: /usr/bin/python3 grader/grade.py
      solution: {files: solution, command: /usr/bin/python3 fit.py}

      """,
      "prepare.py": """
      \"\"\"Makes the points. Public: training points and the x of both splits. Private: the y of both splits.\"\"\"
      import os
      import random

      public, private = os.environ["LYCEUM_PUBLIC"], os.environ["LYCEUM_PRIVATE"]
      numbers = random.Random(20260101)


      def points(count):
          xs = [numbers.uniform(-5, 5) for _ in range(count)]
          return [(x, 2 * x - 1 + numbers.gauss(0, 1)) for x in xs]


      with open(f"{public}/train.csv", "w") as out:
          out.writelines(f"{x!r},{y!r}\\n" for x, y in points(200))
      for split in ("validation", "test"):
          rows = points(200)
          with open(f"{public}/{split}.csv", "w") as out:
              out.writelines(f"{x!r}\\n" for x, _ in rows)
          with open(f"{private}/{split}.csv", "w") as out:
              out.writelines(f"{y!r}\\n" for _, y in rows)

      """,
      "workspace/params.json": """
      {"parameters": {"slope": {"value": 0.0, "type": "float", "min": -5.0, "max": 5.0, "scale": "linear"}}}

      """,
      "workspace/fit.py": """
      \"\"\"Predicts with the slope of params.json and the mean of the training points.\"\"\"
      import json

      slope = json.load(open("params.json"))["parameters"]["slope"]["value"]
      train = [tuple(map(float, line.split(","))) for line in open("/data/train.csv")]
      offset = sum(y - slope * x for x, y in train) / len(train)
      with open("predictions.csv", "w") as out:
          for split in ("validation", "test"):
              for index, line in enumerate(open(f"/data/{split}.csv")):
                  out.write(f"{split},{index},{slope * float(line) + offset!r}\\n")

      """,
      "solution/fit.py": """
      \"\"\"Least squares.\"\"\"
      train = [tuple(map(float, line.split(","))) for line in open("/data/train.csv")]
      mean_x = sum(x for x, _ in train) / len(train)
      mean_y = sum(y for _, y in train) / len(train)
      slope = sum((x - mean_x) * (y - mean_y) for x, y in train) / sum((x - mean_x) ** 2 for x, _ in train)
      with open("predictions.csv", "w") as out:
          for split in ("validation", "test"):
              for index, line in enumerate(open(f"/data/{split}.csv")):
                  out.write(f"{split},{index},{mean_y + slope * (float(line) - mean_x)!r}\\n")

      """,
      "grader/grade.py": """
      \"\"\"Scores /submission/predictions.csv on LYCEUM_SPLIT. What it holds is data from a stranger.\"\"\"
      import json
      import math
      import os
      import sys

      LIMIT = 1 << 20


      def answer(**result):
          os.write(3, json.dumps(result).encode())
          sys.exit(0)


      def refuse(reason):
          answer(status="refused", reason=reason)


      def predictions(split, count):
          descriptor = os.open("/submission/predictions.csv", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
          data = os.read(descriptor, LIMIT + 1)
          if len(data) > LIMIT:
              refuse(f"predictions.csv is longer than {LIMIT} bytes")
          values = {}
          for number, line in enumerate(data.decode("ascii", "replace").splitlines(), 1):
              parts = line.split(",")
              if len(parts) != 3 or parts[0] not in ("validation", "test"):
                  refuse(f"line {number} is not `split,index,y`")
              try:
                  index, value = int(parts[1]), float(parts[2])
              except ValueError:
                  refuse(f"line {number} holds something that is not a number")
              if not math.isfinite(value) or abs(value) > 1e6:
                  refuse(f"line {number}: y must be a finite number within 1e6")
              if parts[0] == split:
                  if index in values or not 0 <= index < count:
                      refuse(f"line {number}: index {index} is out of range or given twice")
                  values[index] = value
          if len(values) != count:
              refuse(f"{len(values)} of {count} predictions for the {split} split are there")
          return [values[index] for index in range(count)]


      split = os.environ["LYCEUM_SPLIT"]
      truth = [float(line) for line in open(f"/private/{split}.csv")]
      guess = predictions(split, len(truth))
      answer(status="scored", metrics={"mse": sum((a - b) ** 2 for a, b in zip(truth, guess)) / len(truth)})

      """,
    ]
  }
}
