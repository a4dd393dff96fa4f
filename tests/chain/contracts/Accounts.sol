// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// A contract wallet of one key (ERC-1271), and the factory that makes it at an address known beforehand.

contract Account {
    address public immutable key;

    constructor(address key_) {
        key = key_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address found, ECDSA.RecoverError error,) = ECDSA.tryRecover(hash, signature);
        return error == ECDSA.RecoverError.NoError && found == key ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

contract Factory {
    function create(address key, bytes32 salt) external returns (address) {
        return address(new Account{salt: salt}(key));
    }

    function predict(address key, bytes32 salt) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Account).creationCode, abi.encode(key)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, code)))));
    }
}

/// What a delegated account (EIP-7702) may point to: it says no to every signature.
contract Refuser {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0xffffffff;
    }
}

/// Answers isValidSignature with one byte too few, or runs for ever.
contract BadAccount {
    function isValidSignature(bytes32, bytes calldata signature) external pure returns (bytes4) {
        if (signature.length > 65) {
            while (true) {}
        }
        assembly {
            mstore(0, 0x1626ba7e00000000000000000000000000000000000000000000000000000000)
            return(0, 31)
        }
    }
}
