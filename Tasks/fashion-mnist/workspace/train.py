# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
"""Trains a network with one hidden layer as params.json says and writes predictions.csv."""
import json

import numpy as np

CLASSES = 10


def load(split):
    pixels = np.load(f"/data/{split}_images.npy")
    return pixels.reshape(len(pixels), -1).astype(np.float32) / 255


def forward(model, images):
    hidden = np.maximum(images @ model["w1"] + model["b1"], 0)
    return hidden, hidden @ model["w2"] + model["b2"]


def gradients(model, images, labels, weight_decay):
    hidden, scores = forward(model, images)
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(labels)), labels] -= 1
    delta /= len(labels)
    back = (delta @ model["w2"].T) * (hidden > 0)
    return {
        "w1": images.T @ back + weight_decay * model["w1"],
        "b1": back.sum(axis=0),
        "w2": hidden.T @ delta + weight_decay * model["w2"],
        "b2": delta.sum(axis=0),
    }


def train(images, labels, hidden, epochs, learning_rate, momentum, batch_size, weight_decay):
    random = np.random.default_rng(0)
    inputs = images.shape[1]
    model = {
        "w1": random.normal(0, np.sqrt(2 / inputs), (inputs, hidden)).astype(np.float32),
        "b1": np.zeros(hidden, np.float32),
        "w2": random.normal(0, np.sqrt(2 / hidden), (hidden, CLASSES)).astype(np.float32),
        "b2": np.zeros(CLASSES, np.float32),
    }
    velocity = {name: np.zeros_like(value) for name, value in model.items()}
    for _ in range(epochs):
        order = random.permutation(len(images))
        for start in range(0, len(order), batch_size):
            batch = order[start:start + batch_size]
            for name, gradient in gradients(model, images[batch], labels[batch], weight_decay).items():
                velocity[name] = momentum * velocity[name] - learning_rate * gradient
                model[name] += velocity[name]
    return model


def write_predictions(model, load):
    with open("predictions.csv", "w") as file:
        file.write("split,index,label\n")
        for split in ("validation", "test"):
            _, scores = forward(model, load(split))
            for index, label in enumerate(scores.argmax(axis=1)):
                file.write(f"{split},{index},{label}\n")


def main():
    with open("params.json") as file:
        params = {name: entry["value"] for name, entry in json.load(file)["parameters"].items()}
    model = train(load("train"), np.load("/data/train_labels.npy"), **params)
    write_predictions(model, load)


if __name__ == "__main__":
    main()
