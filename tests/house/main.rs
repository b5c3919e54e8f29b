//! The house itself: layers, sizes, and the things that must agree with the
//! table of functions.

#![cfg(test)]

mod container;
mod functions;
mod lambda;
mod layers;
mod licences;
mod lock;
mod openapi;
mod paths;
mod pooler;
mod security;
mod sizes;
mod tree;
